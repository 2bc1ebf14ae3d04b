const NUMBER = new Intl.NumberFormat('en');

/** `1,204`; `10,000+` where the service stopped counting. */
export const count = (total: number, capped = false): string => `${NUMBER.format(total)}${capped ? '+' : ''}`;

/** `1 delivery`, `1,204 deliveries`. */
export const counted = (total: number, one: string, many = `${one}s`): string =>
  `${count(total)} ${total === 1 ? one : many}`;

/** The beginning of an id, where the whole would be in the way. */
export const shortId = (id: string): string => (id.length > 13 ? `${id.slice(0, 13)}…` : id);

/** The origin and the rest of a URL, so that what matters can stand out. */
export function splitUrl(text: string): {
  readonly host: string;
  readonly before: string;
  readonly after: string;
} {
  const match = /^(https?:\/\/)([^/?#]+)(.*)$/i.exec(text);
  return { before: match?.[1] ?? '', host: match?.[2] ?? text, after: match?.[3] ?? '' };
}
