import { unprocessable } from '../../common/http/validation.pipe.js';
import type { FieldError } from '../../common/domain-error.js';
import type { Format } from '../../formats/format.js';
import type { FormatDto, PreviewDto } from '../dto/format.dto.js';
import { unknownFields } from '../../events/event-fields.js';
import type { PreviewEventDto } from '../../events/event.dto.js';
import { eventErrors, type EventInput } from '../../events/event-intake.js';
import { isMap } from '../../common/json/is-map.js';
import { rawMembers } from '../../common/json/raw-json.js';
import type { Preview, PreviewEvent } from '../webhook-preview.js';

export function formatAnswer(format: Format): FormatDto {
  const { perSecond, burst = 1, per } = format.rate;
  return {
    format: format.name,
    title: format.title,
    category: format.category,
    version: format.version,
    url_rule: format.urlRule,
    url_is_secret: format.urlIsSecret,
    options_schema: format.optionsSchema,
    rate: { per_second: perSecond, burst, per },
    limits: format.limits,
    docs: format.name === 'basset' ? 'docs/formats.md' : `docs/formats/${format.name}.md`,
  };
}

export function previewAnswer({ contentType, method, url, headers, ...rest }: Preview): PreviewDto {
  const { body, bytes, truncated, warnings } = rest;
  return { method, url, headers, content_type: contentType, body, bytes, truncated, warnings };
}

/** What is wrong with the event of a preview. */
export function previewEventErrors(given: unknown): FieldError[] {
  if (given == null) return [];
  const place = ['body', 'event'];
  if (!isMap(given)) return [{ loc: place, msg: 'must be a JSON object', type: 'object_type' }];
  const input: EventInput = { event: 'entity.created', ...given };
  return [...eventErrors(input, place), ...unknownFields(input, place)];
}

/** @param text of `given`, as it was written @throws DomainError naming every bad field */
export function toPreviewEvent(given: unknown, text?: string): PreviewEvent {
  const errors = previewEventErrors(given);
  if (errors.length > 0) throw unprocessable(errors);
  // Whatever is not as it should be has been refused.
  const { event, project_id: projectId, data, timestamp, id } = (given ?? {}) as PreviewEventDto;
  const written = data == null || text === undefined ? undefined : rawMembers(text).get('data');
  return {
    ...(event !== undefined && { event }),
    ...(data != null && { data }),
    ...(written !== undefined && { dataJson: written }),
    projectId: projectId || null,
    timestamp: timestamp ?? null,
    id: id ?? null,
  };
}
