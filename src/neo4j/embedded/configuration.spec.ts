import { describe, expect, it } from '@jest/globals';
import { generatePassword } from './configuration.js';

describe('generatePassword', () => {
  it('gives what no command line takes for an option, and another one each time', () => {
    const passwords = Array.from({ length: 1000 }, generatePassword);
    expect(passwords.filter((password) => !/^[0-9a-f]{48}$/.test(password))).toEqual([]);
    expect(new Set(passwords).size).toBe(passwords.length);
  });
});
