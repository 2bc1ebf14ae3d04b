import {
  delays,
  draftProblems,
  EMPTY_DRAFT,
  placesOf,
  problemAt,
  problemOf,
  toBody,
  toPatch,
  withoutPlace,
} from './webhook-draft.js';

const draft = { ...EMPTY_DRAFT, name: 'Case', url: 'https://a.test', events: ['*'] };

describe('what is sent to create a webhook', () => {
  it('leaves out what the service has not got, and empty headers', () => {
    const body = toBody(
      {
        ...draft,
        headers: [
          ['X-A', '1'],
          [' ', ''],
        ],
      },
      false,
    );
    expect(body).toMatchObject({
      ...{ headers: { 'X-A': '1' }, project_id: null, description: null, generate_secret: true },
    });
    expect(body).not.toHaveProperty('format');
  });

  it.each([
    ['own', { secret: 's' }],
    ['none', { secret: null }],
  ] as const)('signs as chosen: %s', (signing, expected) => {
    expect(toBody({ ...draft, signing, secret: 's' }, true)).toMatchObject(expected);
  });
});

describe('what is sent to change one', () => {
  it('is nothing when nothing changed', () => {
    const kept = { ...draft, signing: 'keep' as const };
    expect(toPatch(kept, { ...kept }, true)).toEqual({});
  });

  it('is the description alone when only that changed', () => {
    const kept = { ...draft, signing: 'keep' as const };
    expect(toPatch(kept, { ...kept, description: ' For the archive ' }, true)).toEqual({
      description: 'For the archive',
    });
  });

  it('takes away headers that are gone, which a merge would keep', () => {
    const before = {
      ...draft,
      signing: 'keep' as const,
      headers: [
        ['A', '***'],
        ['B', '1'],
      ] as const,
    };
    expect(toPatch(before, { ...before, headers: [['A', '***']] }, true)).toEqual({
      headers: { A: '***', B: null },
    });
  });
});

describe('the problems of a field', () => {
  const errors = [
    { loc: ['body', 'events', 0], msg: 'unknown' },
    { loc: ['body', 'format_options', 'fields', 1], msg: 'too long' },
  ];

  it('are those at and below it', () => {
    expect(problemAt(errors, 'events')).toBe('unknown');
    expect(problemAt(errors, 'format_options', 'fields')).toBe('too long');
    expect(problemAt(errors, 'format_options', 'other')).toBe('');
  });
});

describe('what is wrong', () => {
  it('is a number that is none, before it is sent as no limit', () => {
    const of = (max_requests_per_second: string) =>
      draftProblems({ ...EMPTY_DRAFT, max_requests_per_second });
    expect([of(''), of(' 0.5 ')]).toEqual([[], []]);
    expect(problemAt(of('5/s'), 'max_requests_per_second')).toBe('must be a number, as 5 or 0.5');
  });

  it('is said above the form where no field says it', () => {
    const errors = [
      { loc: ['body', 'retry_config'], msg: 'must be an object' },
      { loc: ['body', 'retry_config', 'max_retries'], msg: 'shown' },
      { loc: ['body', 'format_options', 'fields', 1], msg: 'shown' },
      { loc: ['body', 'format_options', 'unknown'], msg: 'is not an option' },
      { loc: ['body', 'secret'], msg: 'too short' },
      { loc: ['body', 'headers', 'Host'], msg: 'shown' },
      { loc: ['body', 'headers'], msg: 'must be at most 50' },
    ];
    const draftWith = { ...EMPTY_DRAFT, headers: [['Host', 'x']] as const };
    expect(withoutPlace(errors, placesOf(draftWith, ['fields']))).toEqual([
      'retry_config: must be an object',
      'format_options.unknown: is not an option',
      'secret: too short',
      'headers: must be at most 50',
    ]);
    expect(problemOf(errors, 'headers')).toBe('must be at most 50');
    expect(withoutPlace(errors, placesOf({ ...draftWith, signing: 'own' }, ['fields']))).toHaveLength(3);
  });
});

it('writes the delays of retries out', () => {
  expect(delays({ max_retries: 4, initial_delay: 1, max_delay: 5, backoff_multiplier: 2 })).toBe(
    '1, 2, 4, 5',
  );
});
