import { describe, expect, it } from '@jest/globals';
import { RequestValidationPipe } from '../../common/http/validation.pipe.js';
import { ActivityQueryDto } from './activity.dto.js';
import { ActiveQueryDto, DeliveryQueryDto, PageQueryDto, WebhookQueryDto } from './list-query.dto.js';

type Dto = new () => object;

const pipe = new RequestValidationPipe();
const read = (metatype: Dto, query: object): Promise<unknown> =>
  pipe.transform(query, { type: 'query', metatype });
const placesOf = (error: any): string[] => error.fields.map(({ loc }: any) => loc.join('.'));

describe('a parameter of a query without a value', () => {
  it.each<[Dto, string]>([
    ...['webhook_id', 'event', 'project_id', 'status', 'since', 'until', 'cursor'].map(
      (name): [Dto, string] => [DeliveryQueryDto, name],
    ),
    ...['webhook_id', 'since', 'bucket', 'group'].map((name): [Dto, string] => [ActivityQueryDto, name]),
    [WebhookQueryDto, 'project_id'],
    [PageQueryDto, 'cursor'],
  ])('is not given, where it is a text or a choice: %p %s', async (type, name) => {
    expect(await read(type, { [name]: '' })).toEqual(await read(type, {}));
  });

  it.each<[Dto, string]>([
    [PageQueryDto, 'limit'],
    [ActiveQueryDto, 'active_only'],
    [DeliveryQueryDto, 'payload'],
  ])('is refused, where it is a number or a flag: %p %s', async (type, name) => {
    const error = await read(type, { [name]: '' }).catch((reason: unknown) => reason);
    expect(placesOf(error)).toEqual([`query.${name}`]);
  });

  it.each<[Dto, string]>([
    [DeliveryQueryDto, 'status'],
    [ActivityQueryDto, 'bucket'],
    [PageQueryDto, 'cursor'],
    [PageQueryDto, 'limit'],
  ])('that is given twice is refused: %p %s', async (type, name) => {
    const error = await read(type, { [name]: ['', ''] }).catch((reason: unknown) => reason);
    expect(placesOf(error)).toContain(`query.${name}`);
  });
});
