import type { FormatEvent } from '../../formats/format.js';

interface WireBody {
  readonly event: string;
  readonly timestamp: string;
  readonly project_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event as formats see it, out of the body that is stored of it. @throws SyntaxError when that is no JSON */
export function toFormatEvent(id: string, body: Buffer): FormatEvent {
  const { event, timestamp, project_id: projectId, data } = JSON.parse(body.toString('utf8')) as WireBody;
  return { id, event, timestamp, projectId, data, body };
}
