import { CreateWebhookDto } from './create-webhook.dto.js';
import { changesOf } from './setting.js';

/** A field that is null or left out stays as it is. A secret that the service makes is only for new webhooks. */
export class UpdateWebhookDto extends changesOf(
  CreateWebhookDto,
  ({ field }) => field !== 'generate_secret',
) {
  declare generate_secret?: never;
}
