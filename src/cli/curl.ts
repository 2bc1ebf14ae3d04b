import type { DeliveryAnswer, WebhookAnswer } from './answers.js';
import type { Cli } from './cli.js';

/** A word for the shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The request of a delivery as a command for curl, rebuilt: headers of the webhook that are hidden stay `***`, and the
 * signature is left to the one who has the secret.
 */
export async function curlFor(cli: Cli, delivery: DeliveryAnswer, body: string): Promise<string> {
  const path = `/webhooks/${encodeURIComponent(delivery.webhook_id)}`;
  const { url, headers } = (await cli.api.get<WebhookAnswer>(path)).body;
  const sent = {
    ...headers,
    'Content-Type': 'application/json',
    'webhook-id': delivery.event_id,
    'X-Webhook-Event': delivery.event,
    'X-Webhook-Delivery': delivery.id,
  };
  const lines = Object.entries(sent).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  cli.note('Rebuilt, and without a signature: make one with basset-webhooks sign');
  return ['curl -sS -X POST', ...lines, `--data-binary ${quoted(body)}`, quoted(url)].join(' \\\n  ');
}
