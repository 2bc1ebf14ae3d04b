import { expect, it } from '@jest/globals';
import { expectGoldenValue } from '../../../test/support/formats/golden.js';
import { ALL_FORMATS } from '../../formats/catalogue.js';
import { formatAnswer, toPreviewEvent } from './format.mapper.js';

it('GET /webhooks/formats answers what it always did', () => {
  expectGoldenValue('formats', JSON.parse(JSON.stringify(ALL_FORMATS.map(formatAnswer))));
});

it('the event of a preview has its data as they were written', () => {
  const text = '{"event":"entity.created","data":{"n":12345678901234567890,"m":1.0}}';
  expect(toPreviewEvent(JSON.parse(text), text).dataJson).toBe('{"n":12345678901234567890,"m":1.0}');
  expect(toPreviewEvent({ data: null }, '{"data":null}').dataJson).toBeUndefined();
});

it('the event of a preview belongs to no project when the id is empty, as when it is sent', () => {
  expect(toPreviewEvent({ project_id: '' }).projectId).toBeNull();
  expect(toPreviewEvent({ project_id: 'case' }).projectId).toBe('case');
});
