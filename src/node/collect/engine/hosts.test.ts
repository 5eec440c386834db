import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { candidateOf, candidates } from './hosts.js';

const home = mkdtempSync(join(tmpdir(), 'bulkhead-home-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const digest = (name: string) => createHash('sha256').update(name).digest('hex');
function context(name: string, host: string, tls: boolean): void {
  const folder = join(home, '.docker/contexts/meta', digest(name));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }));
  if (!tls) return;
  const certs = join(home, '.docker/contexts/tls', digest(name), 'docker');
  mkdirSync(certs, { recursive: true });
  for (const file of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(join(certs, file), '');
}
context('farm', 'tcp://farm.example.com:2376', true);
context('desk', 'unix:///home/me/.docker/desktop/docker.sock', false);
const choose = (choice: Parameters<typeof candidates>[0]) => candidates({ env: {}, home, uid: 1000, platform: 'linux', ...choice });

describe('which engine', () => {
  test('a named host is tried alone, before anything the environment says', () => {
    const found = choose({ host: 'tcp://10.0.0.1:2375', env: { DOCKER_HOST: 'unix:///other.sock' } });
    expect(found).toEqual([{ endpoint: 'tcp://10.0.0.1:2375', from: '--host', way: { kind: 'tcp', host: '10.0.0.1', port: 2375, tls: null } }]);
  });
  test('an option that is there and empty, or two that name an engine each, are refused: another engine would be the wrong answer', () => {
    for (const choice of [{ host: '' }, { context: '' }, { host: '', context: 'farm' }, { host: 'unix:///a.sock', context: 'farm' }]) {
      const found = choose(choice);
      expect(found, JSON.stringify(choice)).toMatchObject([{ way: { kind: 'wrong', why: expect.stringContaining('given') as string } }]);
    }
  });
  test('a named context brings its certificates', () => {
    const [found] = choose({ context: 'farm', env: { DOCKER_HOST: 'unix:///other.sock' } });
    expect(found).toMatchObject({ endpoint: 'tcp://farm.example.com:2376', way: { kind: 'tcp', tls: { ca: expect.stringMatching(/ca\.pem$/) as string, verify: true } } });
  });
  test('DOCKER_HOST comes before DOCKER_CONTEXT, both alone', () => {
    expect(choose({ env: { DOCKER_HOST: 'unix:///a.sock', DOCKER_CONTEXT: 'farm' } }).map((c) => c.endpoint)).toEqual(['unix:///a.sock']);
    expect(choose({ env: { DOCKER_CONTEXT: 'farm' } }).map((c) => c.endpoint)).toEqual(['tcp://farm.example.com:2376']);
  });
  test('DOCKER_TLS_VERIFY makes tcp secure, with the certificates of DOCKER_CERT_PATH', () => {
    const [found] = choose({ env: { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: join(home, '.docker/contexts/tls', digest('farm'), 'docker') } });
    expect(found?.way).toMatchObject({ kind: 'tcp', port: 2376, tls: { key: expect.stringMatching(/key\.pem$/) as string, verify: true } });
  });
  test('the current context comes before the usual sockets, which follow once each', () => {
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'desk' }));
    const found = choose({ env: { XDG_RUNTIME_DIR: '/run/user/1000' } }).map((c) => c.endpoint);
    expect(found[0]).toBe('unix:///home/me/.docker/desktop/docker.sock');
    expect(found.slice(1, 3)).toEqual(['unix:///var/run/docker.sock', 'unix:///run/user/1000/docker.sock']);
    for (const usual of ['unix:///run/podman/podman.sock', 'unix:///run/user/1000/podman/podman.sock', `unix://${home}/.colima/default/docker.sock`, `unix://${home}/.rd/docker.sock`, `unix://${home}/.orbstack/run/docker.sock`]) expect(found).toContain(usual);
    expect(new Set(found).size).toBe(found.length);
  });
  test('the context named default means the usual sockets, whatever is current', () => {
    expect(choose({ context: 'default' })[0]?.endpoint).toBe('unix:///var/run/docker.sock');
    expect(choose({ env: { DOCKER_CONTEXT: 'default' } })[0]?.endpoint).toBe('unix:///var/run/docker.sock');
  });
  test('a context that does not exist says so', () => {
    expect(choose({ context: 'nowhere' })).toMatchObject([{ way: { kind: 'wrong', why: expect.stringContaining('no Docker context') as string } }]);
  });
});

describe('host URLs', () => {
  test('ssh is given a host, never an option', () => {
    expect(candidateOf('ssh://me@build.example.com:2222', '--host').way).toEqual({
      kind: 'ssh',
      args: ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T', '-l', 'me', '-p', '2222', '--', 'build.example.com', 'docker', 'system', 'dial-stdio'],
    });
    expect(candidateOf('ssh://-oProxyCommand=touch%20x', '--host').way.kind).toBe('wrong');
    expect(candidateOf('ssh://-l@host', '--host').way.kind).toBe('wrong');
  });
  test('a socket behind ssh is one word for the shell there', () => {
    expect(candidateOf("ssh://h/run/a'b.sock", '--host').way).toMatchObject({ args: expect.arrayContaining(["unix://'/run/a'\\''b.sock'"]) as string[] });
  });
  test('a password in a URL is never shown', () => {
    expect(candidateOf('tcp://me:hunter2@h:2375', '--host').endpoint).toBe('tcp://me@h:2375');
  });
  test('a bare path is a socket, other schemes are refused with a reason', () => {
    expect(candidateOf('/run/x.sock', '--host')).toMatchObject({ endpoint: 'unix:///run/x.sock', way: { kind: 'socket', path: '/run/x.sock' } });
    expect(candidateOf('ftp://h', '--host').way).toMatchObject({ kind: 'wrong', why: expect.stringContaining('ftp://') as string });
  });
});
