import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { CreateWebhookDto } from './create-webhook.dto.js';
import { PreviewEventDto } from '../../events/event.dto.js';

/** A webhook that is not stored. */
export class PreviewWebhookDto extends PartialType(
  PickType(CreateWebhookDto, ['name', 'events', 'headers', 'format', 'format_options'] as const),
) {
  @ApiProperty({ minLength: 1, maxLength: 2048, format: 'uri' })
  url!: string;

  @ApiPropertyOptional({ type: PreviewEventDto, nullable: true, description: 'Default: a sample.' })
  event?: PreviewEventDto | null;
}
