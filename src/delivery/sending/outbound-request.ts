/**
 * What the adapter sends, as `data` of the axios config. The headers travel with the body instead of in the config:
 * axios copies and checks those several times over, for more CPU than signing takes. A class, so that axios passes it on
 * by reference.
 */
export class OutboundRequest {
  constructor(
    readonly headers: Readonly<Record<string, string>>,
    readonly body: Buffer,
    readonly method: 'POST' | 'PUT' = 'POST',
    /** Whether all headers of the answer are passed on, and not `Retry-After` alone. */
    readonly wantsHeaders = false,
  ) {}
}
