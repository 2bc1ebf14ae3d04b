import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { BootError } from './boot-error.js';
import { JsonLogger } from './json-logger.js';

/** What is written while `act` runs, one object a line. */
function lines(act: () => void): any[] {
  const written: string[] = [];
  const write = (text: any): boolean => written.push(String(text)) > 0;
  jest.spyOn(process.stdout, 'write').mockImplementation(write);
  jest.spyOn(process.stderr, 'write').mockImplementation(write);
  act();
  jest.restoreAllMocks();
  return written.map((line) => JSON.parse(line));
}

describe('JsonLogger', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('writes one JSON object a line, whatever the message', () => {
    const [line, ...more] = lines(() => new JsonLogger('info').log('two\nlines "quoted"', 'Service'));
    expect(line).toMatchObject({ level: 'info', message: 'two\nlines "quoted"', context: 'Service' });
    expect(more).toEqual([]);
  });

  it('says when: RFC 3339 in UTC, also where a field has that name', () => {
    const before = Date.now();
    const [line] = lines(() =>
      new JsonLogger('info').log('x', { timestamp: 'mine', level: 'log' }, 'Service'),
    );
    expect(line.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(line.timestamp)).toBeGreaterThanOrEqual(before);
    expect(line.level).toBe('info');
  });

  it('makes fields of an object behind the message, and cannot be misled by their names', () => {
    const [line] = lines(() => {
      new JsonLogger('info').error(
        'failed',
        { request_id: 'r', message: 'x' },
        'Error: a\n    at b (c:1:2)',
        'Request',
      );
    });
    expect(line).toMatchObject({ level: 'error', message: 'failed', request_id: 'r', context: 'Request' });
    expect(line.stack).toMatch('at b');
  });

  it.each([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['DEBUG', ['error', 'warn', 'info', 'debug']],
    ['loud', ['error', 'warn', 'info']],
  ])('at level %s writes %j', (level, expected) => {
    const logger = new JsonLogger(level);
    const written = lines(() => {
      for (const method of ['error', 'warn', 'log', 'debug', 'verbose'] as const)
        logger[method]('x', 'Service');
    });
    expect(written.map((line) => line.level)).toEqual(expected);
  });

  it('keeps quiet about modules and routes, and leaves boot errors to main', () => {
    const logger = new JsonLogger('info');
    const written = lines(() => {
      logger.log('AppModule dependencies initialized', 'InstanceLoader');
      logger.error(new BootError('PORT must be …'), 'ExceptionHandler');
    });
    expect(written).toEqual([]);
  });
});
