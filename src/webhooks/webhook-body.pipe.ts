import { type ArgumentMetadata, Injectable } from '@nestjs/common';
import { validate } from 'class-validator';
import type { FieldError } from '../common/domain-error.js';
import { nearest } from '../common/nearest.js';
import { isMap } from '../common/json/is-map.js';
import { fieldErrors, RequestValidationPipe, unprocessable } from '../common/http/validation.pipe.js';
import { type Fields, unknownFields } from '../events/event-fields.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { RecoverWebhookDto } from './dto/recover-webhook.dto.js';
import { RetryConfigDto } from './dto/retry-config.dto.js';
import { RotateSecretDto } from './dto/rotate-secret.dto.js';
import { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import { LIMITS, RETRY_LIMITS } from './webhook-limits.js';
import type { GivenSettings } from './webhook-problems.js';
import { SETTINGS } from './webhook-settings.js';
import { WebhookRules } from './webhook-rules.js';

type BodyDto = CreateWebhookDto | UpdateWebhookDto;

const FIELDS = SETTINGS.map(({ field }) => field);
const ROTATION = {
  what: 'a rotation',
  names: new Set<string>(['secret', 'grace_period_seconds'] satisfies (keyof RotateSecretDto)[]),
};
const RECOVERY = {
  what: 'a recovery',
  names: new Set<string>(['since', 'until', 'dry_run'] satisfies (keyof RecoverWebhookDto)[]),
};
const RETRY_FIELDS = Object.keys(RETRY_LIMITS);

/** What must be said of a new webhook. */
const EXPECTED: Readonly<Record<string, string>> = {
  name: `a string of 1 to ${LIMITS.name} characters`,
  url: `an http:// or https:// URL of at most ${LIMITS.url} characters`,
  events: `a list of 1 to ${LIMITS.events} event types: GET /webhooks/events lists them`,
};

/** Says of a field that is missing which other name was perhaps meant for it. */
function withMisspelt(error: FieldError, body: object): FieldError {
  const others = Object.keys(body).filter((name) => !FIELDS.includes(name));
  const given = error.type === 'missing' ? nearest(String(error.loc[1]), others) : undefined;
  return given === undefined ? error : { ...error, msg: `${error.msg}; '${given}' is not a field` };
}

/** By hand: class-transformer drops or fails on members such as `constructor`, which are possible header names. */
function take<T extends object>(dto: T, body: object, fields: readonly string[]): T {
  const given = Object.entries(body).filter(([field]) => fields.includes(field));
  return Object.assign(dto, Object.fromEntries(given));
}

function toDto<T extends BodyDto>(type: new () => T, body: object): T {
  const dto = take(new type(), body, FIELDS);
  if (isMap(dto.retry_config)) {
    dto.retry_config = take(new RetryConfigDto(), dto.retry_config, RETRY_FIELDS);
  }
  return dto;
}

/** Bodies that speak of a webhook: all that is wrong with types, bounds and meaning is said at once (422). */
@Injectable()
export class WebhookBodyPipe extends RequestValidationPipe {
  constructor(private readonly rules: WebhookRules) {
    super();
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype } = metadata;
    if (metatype === CreateWebhookDto) {
      return this.check(CreateWebhookDto, value, (given) => this.rules.problemsOfNew(given));
    }
    if (metatype === UpdateWebhookDto) return this.read(UpdateWebhookDto, value);
    if (metatype === RotateSecretDto) return this.readOptional(new RotateSecretDto(), ROTATION, value);
    if (metatype === RecoverWebhookDto) return this.readOptional(new RecoverWebhookDto(), RECOVERY, value);
    return super.transform(value, metadata);
  }

  /**
   * No body is an empty one: everything has a default. So a name that is none is refused: with `grace_seconds: 0` a secret
   * that has leaked would go on for a day.
   */
  private async readOptional<T extends object>(dto: T, fields: Fields, body: unknown = {}): Promise<T> {
    this.assertObject(body, 'body');
    take(dto, body, [...fields.names]);
    const wrong = fieldErrors(await validate(dto), ['body']);
    const errors = [...wrong, ...unknownFields(body, ['body'], fields)];
    if (errors.length > 0) throw unprocessable(errors);
    return dto;
  }

  /** A webhook that is not stored, so that what is of no matter then may be left out. @throws DomainError as `read` */
  async readNew(body: unknown): Promise<CreateWebhookDto> {
    this.assertObject(body, 'body');
    const unsaid = { name: 'Preview', events: ['*'] };
    return this.check(CreateWebhookDto, { ...unsaid, ...body }, (given) => this.rules.problemsOfNew(given));
  }

  /**
   * @param isNew whether a field comes from the caller; what is stored already need not meet the rules of today
   * @throws DomainError naming every bad field
   */
  async read<T extends BodyDto>(
    type: new () => T,
    body: unknown,
    isNew: (field: string) => boolean = () => true,
  ): Promise<T> {
    return this.check(type, body, (given) =>
      this.rules.problems(Object.fromEntries(Object.entries(given).filter(([field]) => isNew(field)))),
    );
  }

  private async check<T extends BodyDto>(
    type: new () => T,
    body: unknown,
    problemsOf: (given: GivenSettings) => readonly FieldError[],
  ): Promise<T> {
    this.assertObject(body, 'body');
    const dto = toDto(type, body);
    const errors = fieldErrors(await validate(dto, { forbidUnknownValues: false }), ['body'], EXPECTED).map(
      (error) => withMisspelt(error, body),
    );
    const named = new Set(errors.map(({ loc }) => JSON.stringify(loc)));
    const more = problemsOf(dto).filter(({ loc }) => !named.has(JSON.stringify(loc)));
    if (errors.length + more.length > 0) throw unprocessable([...errors, ...more]);
    return dto;
  }
}
