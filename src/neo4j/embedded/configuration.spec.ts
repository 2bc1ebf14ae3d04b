import { describe, expect, it } from '@jest/globals';
import { generatePassword, initialUserOf } from './configuration.js';

describe('the password of the embedded server', () => {
  it('is another one each time, and a word in every file', () => {
    const passwords = Array.from({ length: 1000 }, generatePassword);
    expect(passwords.filter((password) => !/^[0-9a-f]{48}$/.test(password))).toEqual([]);
    expect(new Set(passwords).size).toBe(passwords.length);
  });

  it('is written as the command of Neo4j 5.26.28 wrote it', () => {
    const salt = '40285e1f8e2dd349bf8e60ddf720f0a2097fd730c6607f236f6785ee0e5c817d';
    expect(initialUserOf('2c65daf657a7299539be50bd3cd109d631316e18941c6de7', Buffer.from(salt, 'hex'))).toBe(
      `neo4j:SHA-256,02d146c95b2ad2d21efa16b4367cdcd86ccdd4bbad87426c33c60b12cf74e6e8,${salt},1024:\n`,
    );
    expect(initialUserOf('same')).not.toBe(initialUserOf('same'));
  });
});
