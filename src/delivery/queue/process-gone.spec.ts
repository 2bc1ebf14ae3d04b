import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { OWN_SPACE, processGone, processSpace } from './liveness.js';

const linux = (boot: string, namespace: string): string =>
  processSpace(
    'linux',
    () => namespace,
    () => `${boot}\n`,
  );
const { pid: gonePid } = spawnSync(process.execPath, ['--version']);

describe('processSpace', () => {
  it('differs for containers of one host name, and after the kernel has started anew', () => {
    expect(linux('boot', 'pid:[1]')).toBe(linux('boot', 'pid:[1]'));
    expect(linux('boot', 'pid:[2]')).not.toBe(linux('boot', 'pid:[1]'));
    expect(linux('other boot', 'pid:[1]')).not.toBe(linux('boot', 'pid:[1]'));
  });

  it('is shared with nobody where it cannot be read', () => {
    const unreadable = (): string => {
      throw new Error('EACCES');
    };
    expect(processSpace('linux', unreadable)).not.toBe(processSpace('linux', unreadable));
  });

  it('is the host where process ids are those of the host', () => {
    expect(processSpace('darwin')).toBe(hostname());
  });
});

describe('processGone', () => {
  it('is a process of the same space that is no more, or whose id is our own', () => {
    expect(processGone({ space: OWN_SPACE, pid: gonePid })).toBe(true);
    expect(processGone({ space: OWN_SPACE, pid: process.pid })).toBe(true);
    expect(processGone({ space: OWN_SPACE, pid: process.ppid })).toBe(false);
  });

  it('is no process of another space, nor one of a service that did not tell its space', () => {
    for (const pid of [gonePid, process.pid]) {
      for (const space of ['', 'boot pid:[7]']) expect(processGone({ space, pid })).toBe(false);
    }
  });
});
