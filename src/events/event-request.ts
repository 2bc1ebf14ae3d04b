import type { JsonRequest } from '../common/http/json-body.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { isMap } from '../common/json/is-map.js';
import { rawElements, rawMembers } from '../common/json/raw-json.js';
import { BATCH, QUESTION, unknownFields } from './event-fields.js';
import type { EmitEventDto } from './event.dto.js';
import { eventErrors, isGood, keyError, MAX_BATCH, sizeError, type EventInput } from './event-intake.js';

/** An event of a request, and its `data` as they were written. */
interface Written {
  readonly input: EmitEventDto;
  readonly dataJson: string;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isMap(value) ? value : undefined;
}

/** Without the text of the request (an application with a body parser of its own) the parsed value has to do. */
function dataOf(input: EmitEventDto, text: string | undefined): string {
  if (input.data == null) return '{}';
  return (text === undefined ? undefined : rawMembers(text).get('data')) ?? JSON.stringify(input.data);
}

/** @throws DomainError naming every bad field */
export function readEvent({ body, rawJson }: JsonRequest, key: string | undefined): Written {
  const input: EventInput | undefined = asObject(body);
  if (!input) throw unprocessable([{ loc: ['body'], msg: 'must be a JSON object', type: 'object_type' }]);
  const errors = [...eventErrors(input, ['body']), ...unknownFields(input, ['body'])];
  const wrongKey = keyError(key);
  if (wrongKey) errors.push(wrongKey);
  if (!isGood(input, errors)) throw unprocessable(errors);
  return { input, dataJson: dataOf(input, rawJson) };
}

/**
 * An event that is asked about, not emitted: its type, its project and its data.
 *
 * @throws DomainError naming every bad field
 */
export function readQuestion({ body, rawJson }: JsonRequest): Written {
  const given = asObject(body);
  if (!given) throw unprocessable([{ loc: ['body'], msg: 'must be a JSON object', type: 'object_type' }]);
  const { event, project_id, data } = given;
  const input: EventInput = { event, project_id, data };
  const errors = [...eventErrors(input, ['body']), ...unknownFields(given, ['body'], QUESTION)];
  if (!isGood(input, errors)) throw unprocessable(errors);
  return { input, dataJson: dataOf(input, rawJson) };
}

/** The source text of each event; without the text of the request, the one that the parsed value would have. */
function textsOf(events: readonly unknown[], rawJson: string | undefined): string[] {
  const list = rawJson === undefined ? undefined : rawMembers(rawJson).get('events');
  return list === undefined ? events.map((event) => JSON.stringify(event)) : rawElements(list);
}

/**
 * @param maxBytes of each event
 * @throws DomainError naming every bad field with the index of its event
 */
export function readBatch(
  { body, rawJson }: JsonRequest,
  key: string | undefined,
  maxBytes: number,
): Written[] {
  const batch = asObject(body);
  const events = batch?.['events'];
  const beside = batch ? unknownFields(batch, ['body'], BATCH) : [];
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_BATCH) {
    const msg = `must be an array of 1 to ${MAX_BATCH} events`;
    throw unprocessable([{ loc: ['body', 'events'], msg, type: 'array_size' }, ...beside]);
  }
  const texts = textsOf(events, rawJson);
  const errors = events.flatMap((event: unknown, i) => {
    const place = ['body', 'events', i];
    const input = asObject(event);
    if (!input) return [{ loc: place, msg: 'must be a JSON object', type: 'object_type' }];
    const tooLarge = sizeError(texts[i] ?? '', maxBytes, place);
    const errors = [...eventErrors(input, place), ...unknownFields(input, place)];
    return tooLarge ? [...errors, tooLarge] : errors;
  });
  const wrongKey = keyError(key);
  if (wrongKey) errors.push(wrongKey);
  errors.push(...beside);
  if (errors.length > 0) throw unprocessable(errors);
  return events.map((input: EmitEventDto, i) => ({ input, dataJson: dataOf(input, texts[i]) }));
}
