/** What goes over the wire, before it is text. `dataJson` is JSON already and is not touched. */
export interface Envelope {
  readonly event: string;
  readonly timestamp: string;
  readonly projectId: string | null;
  readonly dataJson: string;
}

/** The body of every request of an event: the keys of contract section 3, in this order, built once and stored. */
export function wireBody({ event, timestamp, projectId, dataJson }: Envelope): string {
  return (
    `{"event":${JSON.stringify(event)},"timestamp":${JSON.stringify(timestamp)}` +
    `,"project_id":${JSON.stringify(projectId)},"data":${dataJson}}`
  );
}
