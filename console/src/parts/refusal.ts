import { messageOf } from '../../../src/common/caught.js';
import { askedToWait } from '../api/use-query.js';
import { inFull } from '../lib/format-time.js';
import { preferences } from '../lib/preferences.js';

/** What became of an action that failed, and until when the service asks to wait: nothing does it again by itself. */
export function refusal(error: unknown): string {
  const wait = askedToWait(error);
  const said = messageOf(error);
  return wait ? `${said} Try again after ${inFull(new Date(wait.until), preferences().zone)}.` : said;
}
