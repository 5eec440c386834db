import { describe, expect, test } from 'vitest';
import { attemptOf, Deadline, noEngine } from './failure.js';
import { candidateOf } from './hosts.js';

const coded = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const socket = candidateOf('unix:///nowhere/docker.sock', '--host');

test('what happened is told apart: absent, denied, silent, refused', () => {
  expect(attemptOf(socket, coded('ENOENT'))).toMatchObject({ failure: 'absent' });
  expect(attemptOf(socket, coded('EACCES'))).toMatchObject({ failure: 'denied', text: '/nowhere/docker.sock is there, but this user may not open it' });
  expect(attemptOf(socket, new Deadline(5000))).toMatchObject({ failure: 'silent', text: expect.stringContaining('no answer within 5 s') as string });
  expect(attemptOf(socket, coded('ECONNREFUSED'))).toMatchObject({ failure: 'refused' });
  expect(attemptOf(candidateOf('tcp://nohost', '--host'), coded('ENOTFOUND'))).toMatchObject({ failure: 'absent' });
  expect(attemptOf(candidateOf('ssh://h', '--host'), new Error('me@h: Permission denied (publickey).'))).toMatchObject({ failure: 'denied' });
});

describe('what to do', () => {
  test('a socket of group docker: join the group', () => {
    const tried = [{ endpoint: 'unix:///a', failure: 'absent', text: 'no a' }, { endpoint: 'unix:///b', failure: 'denied', text: '/b is there, but this user may not open it (it belongs to root and group docker)' }] as const;
    const { trouble } = noEngine(tried, false);
    expect(trouble).toMatchObject({ why: tried[1].text, todo: expect.stringContaining('Join the group docker') as string, command: 'sudo usermod -aG docker "$USER"' });
  });
  test('nothing anywhere: start one, or give a file', () => {
    expect(noEngine([{ endpoint: 'unix:///a', failure: 'absent', text: 'no a' }], false).trouble).toMatchObject({ todo: expect.stringContaining('Start Docker') as string });
  });
});
