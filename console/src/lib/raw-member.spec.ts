import { indented, rawMember } from './raw-member.js';

describe('one member of an object as it stands there', () => {
  it.each([
    ['{"payload":{"a":1.0,"b":12345678901234567890}}', '{"a":1.0,"b":12345678901234567890}'],
    ['{ "x" : [1,{"payload":2}] , "payload" : "a\\"}," }', '"a\\"},"'],
    ['{"id":"payload","payload":null,"z":1}', 'null'],
    ['{"payload":-1.50e3}', '-1.50e3'],
    ['{"payload":[]}', '[]'],
    ['{"pay\\u006coad":true}', 'true'],
    ['{"payload":{"a":1,"a":2, "b" : [ ]}}', '{"a":1,"a":2, "b" : [ ]}'],
  ])('%s', (text, expected) => {
    expect(rawMember(text, 'payload')).toBe(expected);
  });

  it.each(['{}', '[]', '{"a":1}', ''])('is undefined when there is none: %s', (text) => {
    expect(rawMember(text, 'payload')).toBeUndefined();
  });
});

describe('indentation', () => {
  it('is that of JSON.stringify', () => {
    const value = { a: [1, 'x,{}:"\\', {}, []], b: { c: null, d: true }, e: '' };
    expect(indented(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    expect(indented(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2));
  });

  it('leaves numbers as they are written', () => {
    expect(indented('{"a":1.0,"b":12345678901234567890}')).toBe(
      '{\n  "a": 1.0,\n  "b": 12345678901234567890\n}',
    );
  });

  it('takes what is cut in the middle', () => {
    expect(indented('{"a":"b')).toBe('{\n  "a": "b');
  });
});
