import { pageInstead } from './default-interpretation.js';
import { digestOf } from './digest-message.js';
import type { Format, FormatOptions, FormatWebhook, RenderedRequest } from './format.js';
import { CHAT_OPTIONS, fieldProblems, messageOf, type Message, type MessageOptions } from './message.js';

/** What a chat format has of its own; the rest is the same for each. */
export interface ChatReceiver extends Omit<
  Format,
  'category' | 'signed' | 'urlIsSecret' | 'optionsSchema' | 'render' | 'renderDigest'
> {
  /** JSON Schemas of the options besides those of every chat format. */
  readonly ownOptions?: Readonly<Record<string, unknown>>;
  readonly requiredOptions?: readonly string[];
  /** @default true */
  readonly urlIsSecret?: boolean;
  /** The message in the receiver's own form. */
  readonly show: (message: Message, options: FormatOptions, webhook: FormatWebhook) => RenderedRequest;
}

/** Options of every chat format, whose text is made unclickable unless told otherwise. */
const chatOptions = (options: FormatOptions): MessageOptions => ({ defang: true, ...options });

/** A format out of what is special about one chat: single events and digests are both shown as a message. */
export function chatFormat({ ownOptions, requiredOptions = [], show, ...receiver }: ChatReceiver): Format {
  return {
    urlIsSecret: true,
    ...receiver,
    category: 'chat',
    signed: false,
    checkOptions: (options) => [...fieldProblems(options), ...(receiver.checkOptions?.(options) ?? [])],
    interpret: (answer, options) => pageInstead(answer) ?? receiver.interpret(answer, options),
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      required: requiredOptions,
      properties: { ...CHAT_OPTIONS, ...ownOptions },
    },
    render: (event, options, webhook) => show(messageOf(event, chatOptions(options)), options, webhook),
    renderDigest: (events, options, webhook) =>
      show(digestOf(events, chatOptions(options)), options, webhook),
  };
}
