import {
  ArrayMinSize,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsNumber,
  IsObject,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { ALL_FORMATS } from '../../formats/catalogue.js';
import { HEADER_VALUE, MAX_HEADERS } from '../webhook-headers.js';
import { LIMITS, NAME_PATTERN, PACE_LIMIT } from '../webhook-limits.js';
import { EVENT_PATTERN } from '../../events/openapi-events.js';
import { RetryConfigDto } from './retry-config.dto.js';
import { Declared } from './setting.js';
import { IsStringMap } from './string-map.validator.js';

const MAX_DESCRIPTION = 500;

/** The settings of a webhook. Each is declared here and nowhere else. */
export class CreateWebhookDto {
  @Declared({
    property: 'name',
    stored: 'text',
    api: {
      type: String,
      minLength: 1,
      maxLength: LIMITS.name,
      pattern: NAME_PATTERN,
      example: 'Case alerts',
    },
    checks: [IsString(), MinLength(1), MaxLength(LIMITS.name)],
  })
  name!: string;

  @Declared({
    property: 'description',
    stored: 'text or null',
    unsaid: null,
    api: {
      type: String,
      nullable: true,
      maxLength: MAX_DESCRIPTION,
      example: 'Tells the team of case 7. Ask Ada before switching it off.',
      description: 'What it is for, and who to ask: for people, never sent.',
    },
    onUpdate: 'What it is for, and who to ask: for people, never sent. Empty = none from now on.',
    checks: [IsString(), MaxLength(MAX_DESCRIPTION)],
  })
  description?: string | null;

  @Declared({
    property: 'url',
    stored: 'text',
    api: {
      type: String,
      minLength: 1,
      maxLength: LIMITS.url,
      format: 'uri',
      example: 'https://example.com/hooks/basset',
      description:
        'http:// or https://, with a host, without user:password@ and #fragment. Only public addresses, unless the operator allows others.',
    },
    checks: [IsString(), MinLength(1), MaxLength(LIMITS.url)],
  })
  url!: string;

  @Declared({
    property: 'secret',
    unsaid: null,
    api: {
      type: String,
      nullable: true,
      maxLength: LIMITS.secret,
      writeOnly: true,
      description:
        'Signs every request; null or empty = unsigned. Never returned. whsec_<base64> as in Standard Webhooks, or any text.',
    },
    onUpdate: 'Empty = unsigned from now on.',
    checks: [IsString(), MaxLength(LIMITS.secret)],
  })
  secret?: string | null;

  @Declared({
    property: 'generateSecret',
    unsaid: false,
    api: {
      type: Boolean,
      description: 'Make a secret and answer it, this once. Not together with a secret of your own.',
    },
    checks: [IsBoolean()],
  })
  generate_secret?: boolean;

  @Declared({
    property: 'events',
    stored: 'texts',
    api: {
      type: 'array',
      items: { type: 'string', format: EVENT_PATTERN },
      minItems: 1,
      maxItems: LIMITS.events,
      example: ['entity.created', 'orphan.*'],
      description: 'Event types of GET /webhooks/events; also `*` and families such as `entity.*`.',
    },
    onUpdate: 'Replaces all.',
    checks: [
      IsArray(),
      ArrayMinSize(1, { message: 'events must name at least one event type' }),
      ArrayMaxSize(LIMITS.events),
      IsString({ each: true }),
    ],
  })
  events!: string[];

  @Declared({
    property: 'active',
    stored: 'flag',
    unsaid: true,
    api: { type: Boolean },
    checks: [IsBoolean()],
  })
  active?: boolean;

  @Declared({
    property: 'headers',
    unsaid: {},
    api: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: HEADER_VALUE.source },
      maxProperties: MAX_HEADERS,
      example: { 'X-Team': 'osint' },
      description:
        'Sent with every request: at most 50, 8 KiB in all; not those that the service sets itself.',
    },
    onUpdate: 'Replaces all.',
    checks: [IsStringMap()],
  })
  headers?: Record<string, string>;

  @Declared({
    property: 'projectId',
    stored: 'text or null',
    unsaid: null,
    api: {
      type: String,
      nullable: true,
      maxLength: LIMITS.projectId,
      description: 'Only events of this project (id or safe name); null = global.',
    },
    onUpdate: 'Empty = global from now on.',
    checks: [IsString(), MaxLength(LIMITS.projectId)],
  })
  project_id?: string | null;

  @Declared({
    property: 'retry',
    unsaid: null,
    api: { type: RetryConfigDto, nullable: true, description: 'null = the defaults' },
    onUpdate: 'Replaces all four values; what is left out has its default.',
    checks: [IsObject(), ValidateNested()],
  })
  retry_config?: RetryConfigDto | null;

  @Declared({
    property: 'format',
    unsaid: 'basset',
    api: {
      type: String,
      nullable: true,
      default: null,
      enum: [...ALL_FORMATS.map(({ name }) => name), null],
      example: 'slack',
      description:
        'What the receiver takes: a format of GET /webhooks/formats; null = basset, the event as it is.',
    },
    onUpdate: 'Another format takes its options anew.',
    checks: [IsString(), MaxLength(64)],
  })
  format?: string | null;

  @Declared({
    property: 'formatOptions',
    unsaid: {},
    api: {
      type: 'object',
      additionalProperties: true,
      nullable: true,
      default: null,
      description: 'As the options_schema of the format says; an unknown one is refused.',
    },
    onUpdate: 'Replaces all; *** keeps the value of a secret one.',
    checks: [IsObject()],
  })
  format_options?: Record<string, unknown> | null;

  @Declared({
    property: 'maxRequestsPerSecond',
    stored: 'number or null',
    unsaid: null,
    api: {
      type: Number,
      nullable: true,
      minimum: PACE_LIMIT.min,
      maximum: PACE_LIMIT.max,
      description:
        'The webhook’s own pace, below that of its destination; null = as the format, else the service, has it.',
    },
    onUpdate: 'The webhook’s own pace, below that of its destination.',
    checks: [IsNumber()],
  })
  max_requests_per_second?: number | null;

  @Declared({
    property: 'filter',
    stored: 'text or null',
    unsaid: null,
    api: {
      type: String,
      nullable: true,
      maxLength: LIMITS.filter,
      example: "data.type == 'person' && data.risk >= 7",
      description:
        'A JSON-e expression over event, project_id, data and severity: only what makes it true is delivered. A name that is missing makes it false. null = every event that matches.',
    },
    onUpdate:
      'A JSON-e expression over event, project_id, data and severity: only what makes it true is delivered. A name that is missing makes it false. Empty = none from now on.',
    checks: [IsString(), MaxLength(LIMITS.filter)],
  })
  filter?: string | null;
}
