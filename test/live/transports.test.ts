import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshot as schema, type Snapshot } from '../../src/core/model/index.js';
import { built, bulkhead, type Done } from '../cli/bulkhead.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { run, tryRun, until } from '../lab/run.js';

/**
 * A real engine reached as Docker's own command line would reach it: over ssh, with a private sshd on the loopback of
 * the lab's net namespace, and over TLS with certificates on both sides; each named by --host and by a context.
 */

const dir = mkdtempSync(join(tmpdir(), 'bulkhead-transports-'));
const at = (...path: string[]) => join(dir, ...path);
const SSH_PORT = 2222;
const TLS_PORT = 2376;
let lab: Lab;
let sshd: ChildProcess | undefined;

/** A certificate of our own authority: `name`.pem and `name`-key.pem. */
async function certify(name: string, extension: string): Promise<void> {
  writeFileSync(at(`${name}.ext`), extension);
  await run(['openssl', 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', at(`${name}-key.pem`), '-out', at(`${name}.csr`)]);
  await run(['openssl', 'x509', '-req', '-days', '2', '-in', at(`${name}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca-key.pem'), '-CAcreateserial', '-extfile', at(`${name}.ext`), '-out', at(`${name}.pem`)]);
}

/** The three files of a client, by the names that Docker gives them. */
function certsFor(name: string, ca: string, client: string): string {
  mkdirSync(at(name));
  for (const [from, to] of [[ca, 'ca'], [client, 'cert'], [`${client}-key`, 'key']] as const) writeFileSync(at(name, `${to}.pem`), readFileSync(at(`${from}.pem`)));
  return at(name);
}

/** The system's ssh with the test's own config and nothing of the user's. */
function sshWith(name: string, config: string): string {
  mkdirSync(at(name));
  writeFileSync(at(name, 'config'), config);
  writeFileSync(at(name, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${at(name, 'config')}' "$@"\n`);
  chmodSync(at(name, 'ssh'), 0o755);
  return `${at(name)}${delimiter}${process.env['PATH'] ?? ''}`;
}

const there = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Done> =>
  bulkhead(words, { before: lab.viewCommand([]), env: { DOCKER_CONFIG: at('docker'), ...env } });

async function snapshot(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Snapshot> {
  const done = await there(['snapshot', ...words], env);
  expect(done).toMatchObject({ status: 0, err: '' });
  return schema.parse(JSON.parse(done.out));
}

const HOST_CONFIG = (known: string, key: string) =>
  `Host far\n  HostName 127.0.0.1\n  Port ${SSH_PORT}\n  User root\n  IdentityFile ${at(key)}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${at(known)}\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n`;

let ssh: string;
let sshStranger: string;
let sshRefused: string;

beforeAll(async () => {
  built();
  await run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=lab authority', '-keyout', at('ca-key.pem'), '-out', at('ca.pem')]);
  await run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=another authority', '-keyout', at('other-key.pem'), '-out', at('other.pem')]);
  await certify('server', 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n');
  await certify('client', 'extendedKeyUsage=clientAuth\n');
  certsFor('certs', 'ca', 'client');
  certsFor('mistrusting', 'other', 'client');
  lab = await startEngine({
    dockerd: ['--host', `tcp://127.0.0.1:${TLS_PORT}`, '--tlsverify', '--tlscacert', at('ca.pem'), '--tlscert', at('server.pem'), '--tlskey', at('server-key.pem')],
  });
  await lab.run('plain', { args: ['--memory', '64m'] });

  for (const key of ['host-key', 'user-key', 'stranger-key']) await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', at(key)]);
  writeFileSync(at('authorized'), readFileSync(at('user-key.pub')));
  const [kind = '', word = ''] = readFileSync(at('host-key.pub'), 'utf8').split(' ');
  writeFileSync(at('known'), `[127.0.0.1]:${SSH_PORT} ${kind} ${word}\n`);
  writeFileSync(at('unknown'), '');
  // The far side's own environment says where its engine is, as a rootless engine's does.
  writeFileSync(
    at('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${SSH_PORT}`, `HostKey ${at('host-key')}`, `AuthorizedKeysFile ${at('authorized')}`, `PidFile ${at('sshd.pid')}`, 'StrictModes no', 'UsePAM no',
      'PermitRootLogin prohibit-password', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'MaxSessions 20', 'MaxStartups 50', `SetEnv DOCKER_HOST=${lab.host}`, '',
    ].join('\n'),
  );
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  sshd = spawn('nsenter', [`--net=${lab.netns}`, '/usr/sbin/sshd', '-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  sshd.stderr?.on('data', (part) => {
    said += String(part);
  });
  expect(await until(() => existsSync(at('sshd.pid')) && said.includes('listening'), 30_000), said).toBe(true);
  ssh = sshWith('ssh', HOST_CONFIG('known', 'user-key'));
  sshStranger = sshWith('ssh-stranger', HOST_CONFIG('unknown', 'user-key'));
  sshRefused = sshWith('ssh-refused', HOST_CONFIG('known', 'stranger-key'));

  const env = { ...process.env, DOCKER_CONFIG: at('docker') };
  await run(['docker', 'context', 'create', 'secure', '--docker', `host=tcp://127.0.0.1:${TLS_PORT},ca=${at('certs', 'ca.pem')},cert=${at('certs', 'cert.pem')},key=${at('certs', 'key.pem')}`], { env });
  await run(['docker', 'context', 'create', 'distant', '--docker', 'host=ssh://far'], { env });
}, 240_000);
afterAll(async () => {
  if (sshd !== undefined && sshd.exitCode === null) {
    sshd.kill('SIGTERM');
    const ending = sshd;
    await until(() => ending.exitCode !== null || ending.signalCode !== null, 20_000);
  }
  await lab?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 120_000);

/** The engine's own answer, and this machine's kernel, which is that engine's. */
function isWhole(seen: Snapshot, endpoint: string): void {
  expect(seen.host.engine.endpoint).toBe(endpoint);
  expect(seen.containers.map((c) => c.name)).toEqual(['plain']);
  expect(seen.containers[0]?.declared.memory).toBe(64 * 1024 * 1024);
  expect(seen.host.proof.kind).toBe('proved');
  expect(seen.containers[0]?.cgroup.memory.limit).toMatchObject({ value: 64 * 1024 * 1024 });
}

describe('over ssh', () => {
  test('--host names the engine that the far side’s docker would ask', async () => {
    isWhole(await snapshot(['--host', 'ssh://far'], { PATH: ssh }), 'ssh://far');
  });

  test('a path in the URL names its socket there', async () => {
    isWhole(await snapshot(['--host', `ssh://root@far:${SSH_PORT}${lab.socket}`], { PATH: ssh }), `ssh://root@far:${SSH_PORT}${lab.socket}`);
  });

  test('DOCKER_HOST and a context name it as well', async () => {
    isWhole(await snapshot([], { PATH: ssh, DOCKER_HOST: 'ssh://far' }), 'ssh://far');
    isWhole(await snapshot(['--context', 'distant'], { PATH: ssh }), 'ssh://far');
  });

  test('a host whose key is not known is not spoken to, and ssh’s words are passed on', async () => {
    const done = await there(['snapshot', '--host', 'ssh://far'], { PATH: sshStranger });
    expect(done.status).toBe(2);
    expect(done.out).toBe('');
    expect(done.err).toContain('Host key verification failed');
    expect(done.err).not.toContain('systemctl');
  });

  test('a login that is refused is told, with what would help', async () => {
    const done = await there(['snapshot', '--host', 'ssh://far'], { PATH: sshRefused });
    expect(done.status).toBe(2);
    expect(done.err).toContain('Permission denied');
    expect(done.err).toContain('ssh');
  });

  test('an engine that is not there at the far side is told in docker’s words', async () => {
    const done = await there(['snapshot', '--host', `ssh://far${at('nothing.sock')}`], { PATH: ssh });
    expect(done.status).toBe(2);
    expect(done.err).toMatch(/nothing\.sock/u);
  });

  test('nothing stays behind at either end', async () => {
    const left = async () => (await tryRun(['pgrep', '-f', `ssh -F ${dir}/|docker --host unix://${dir}`])).stdout.trim();
    expect(await until(async () => (await left()) === '', 30_000), await left()).toBe(true);
  });
});

describe('over TLS', () => {
  const url = `tcp://127.0.0.1:${TLS_PORT}`;

  test('with the certificates of DOCKER_CERT_PATH', async () => {
    isWhole(await snapshot(['--host', url], { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: at('certs') }), url);
  });

  test('with those of a context', async () => {
    isWhole(await snapshot(['--context', 'secure']), url);
  });

  test('an engine of another authority is not believed', async () => {
    const done = await there(['snapshot', '--host', url], { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: at('mistrusting') });
    expect(done.status).toBe(2);
    expect(done.err).toMatch(/certificate/u);
    expect(done.err).not.toContain('systemctl');
  });

  test('without a certificate of its own nobody is let in, and that is told', async () => {
    mkdirSync(at('bare'));
    writeFileSync(at('bare', 'ca.pem'), readFileSync(at('ca.pem')));
    const done = await there(['snapshot', '--host', url], { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: at('bare') });
    expect(done.status).toBe(2);
    expect(done.err).toMatch(/certificate/u);
  });

  test('without TLS at all the engine’s refusal is told', async () => {
    const done = await there(['snapshot', '--host', url]);
    expect(done.status).toBe(2);
    expect(done.err).toMatch(/TLS|HTTPS/u);
  });
});
