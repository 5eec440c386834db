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
  const told = (url: string, error: Error) => noEngine([attemptOf(candidateOf(url, '--host'), error)], true).trouble;
  test('a host key that is not known: look at it, and start nothing', () => {
    expect(told('ssh://h', new Error('Host key verification failed.'))).toMatchObject({ todo: expect.stringContaining('key') as string, command: '' });
  });
  test('an engine that fails behind ssh: the same by hand', () => {
    expect(told('ssh://me@h:2222', new Error('command not found'))).toMatchObject({ command: 'ssh -p 2222 me@h docker version' });
    expect(told('ssh://h%3Brm', new Error('command not found')).command).not.toContain(';');
  });
  test('a certificate that is not believed, on either side: certificates', () => {
    for (const error of [
      Object.assign(new Error('unable to verify the first certificate'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
      Object.assign(new Error('tlsv13 alert certificate required'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }),
      new Error('Client sent an HTTP request to an HTTPS server.'),
    ]) {
      expect(told('tcp://h:2376', error)).toMatchObject({ why: expect.stringContaining(error.message) as string, todo: expect.stringContaining('DOCKER_CERT_PATH') as string });
    }
  });
  test('a port that takes connections and closes them: perhaps it wants TLS', () => {
    expect(told('tcp://127.0.0.1:2376', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))).toMatchObject({ why: expect.stringContaining('closes it') as string, todo: expect.stringContaining('TLS') as string });
  });
  test('an engine of another machine is not started here', () => {
    expect(told('tcp://far.example:2375', coded('ECONNREFUSED'))).toMatchObject({ todo: expect.stringContaining('there') as string, command: '' });
    for (const url of ['tcp://127.0.0.1:2375', 'tcp://localhost:2375', 'unix:///nowhere/docker.sock']) expect(told(url, coded('ECONNREFUSED')).command).toBe('sudo systemctl start docker');
  });
  test('a socket of group docker: join the group', () => {
    const tried = [{ endpoint: 'unix:///a', failure: 'absent', text: 'no a' }, { endpoint: 'unix:///b', failure: 'denied', text: '/b is there, but this user may not open it (it belongs to root and group docker)' }] as const;
    const { trouble } = noEngine(tried, false);
    expect(trouble).toMatchObject({ why: tried[1].text, todo: expect.stringContaining('Join the group docker') as string, command: 'sudo usermod -aG docker "$USER"' });
  });
  test('nothing anywhere: start one, or give a file', () => {
    expect(noEngine([{ endpoint: 'unix:///a', failure: 'absent', text: 'no a' }], false).trouble).toMatchObject({ todo: expect.stringContaining('Start Docker') as string });
  });
});
