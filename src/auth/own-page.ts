import type { Request } from 'express';

/** Whether a request comes from a page of this service itself. */
export function isFromOwnPage({ headers }: Request, publicUrl: string | undefined): boolean {
  // Browsers set it where no page can change it. `same-site` is not enough: other ports of a host are the same site.
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const own = [
    `http://${headers.host ?? ''}`,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
  ];
  return headers.origin !== undefined && own.includes(headers.origin);
}
