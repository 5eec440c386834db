import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Picture } from '../../src/contract/contract.js';
import type { Snapshot } from '../../src/core/model/index.js';
import { startEngine, type Lab } from '../lab/engine.js';
import { run, tryRun, until } from '../lab/run.js';
import { sameOrDenied, sameReadings } from './fields.js';
import { programIn } from './program.js';
import { lookAt, type Seen } from './seen.js';

/**
 * An ordinary user who may open the engine's socket clicks 'Read as root', with the system's own sudo and pkexec: each
 * in a mount namespace of its own where one user is allowed that one command, by a rule of sudoers or of polkit.
 */

const ALLOWED = 65534;
const OTHER = 65533;
/** Of Debian's base-passwd; on the stage it has a password, and sudo asks for it. */
const ASKED = { name: 'games', uid: 5, password: 'open, harbour' };
const GROUP = 54321;
const dir = mkdtempSync(join(tmpdir(), 'bulkhead-elevated-'));
const reader = join(dir, 'reader.js');
let lab: Lab;
let root: Seen;

/** Rules, bus and policy daemon that only what runs below it can see; they end with it. */
const STAGE = `
dir=$1; shift
mount --bind "$dir/sudoers.d" /etc/sudoers.d && mount --bind "$dir/shadow" /etc/shadow || exit 9
if [ "$1" = pkexec ]; then
  mkdir -p /run/dbus /etc/polkit-1/rules.d && mount -t tmpfs none /run/dbus && mount --bind "$dir/rules.d" /etc/polkit-1/rules.d || exit 9
  dbus-daemon --system --nofork --nopidfile >/dev/null 2>&1 & bus=$!
  n=0; while [ ! -S /run/dbus/system_bus_socket ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done
  /usr/lib/polkit-1/polkitd --no-debug >/dev/null 2>&1 & policy=$!
  export DISPLAY=:99
  n=0; while [ $n -lt 300 ] && ! dbus-send --system --dest=org.freedesktop.DBus --type=method_call --print-reply /org/freedesktop/DBus org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 2>/dev/null | grep -q 'boolean true'; do sleep 0.1; n=$((n+1)); done
fi
shift
cd /
"$@"
status=$?
[ -n "$policy" ] && kill $policy $bus
exit $status
`;

const asUser = (uid: number): readonly string[] => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, `--groups=${GROUP}`, '--inh-caps=-all'];
const staged = (way: 'sudo' | 'pkexec', command: readonly string[]): readonly string[] => lab.viewCommand(['sh', '-c', STAGE, 'sh', dir, way, ...command]);
const ENV = { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C' };

/** Processes whose last word is the reader: itself, and what started it. */
const running = (): readonly string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').at(-2) === reader;
    } catch {
      return false;
    }
  });

/** A session of a user in a process of its own, asked one thing after another. */
class User {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #said = '';
  pid = 0;

  /** `terminal`: the session's streams are those of a terminal of its own. */
  constructor(way: 'sudo' | 'pkexec', uid: number, terminal = false) {
    const session = [process.execPath, join(dir, 'session.js'), lab.host];
    const [program = '', ...args] = staged(way, [...asUser(uid), ...(terminal ? ['script', '-q', '-e', '-c', session.join(' '), '/dev/null'] : session)]);
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: ENV });
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.on('data', (part) => {
      this.#said = (this.#said + String(part)).slice(-2000);
    });
    this.#lines = createInterface(this.#child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  }

  async open(): Promise<void> {
    this.pid = ((await this.#next()) as { readonly pid: number }).pid;
  }

  async elevate(): Promise<Answer<null>> {
    this.#child.stdin?.write('elevate\n');
    return (await this.#next()) as Answer<null>;
  }

  /** The same on a terminal: sudo asks there, and is answered. */
  async elevateBy(password: string): Promise<Answer<null>> {
    let shown = '';
    this.#child.stdout?.on('data', (part) => {
      shown += String(part);
      if (!/password for [a-z]+:/.test(shown)) return;
      shown = '';
      this.#child.stdin?.write(`${password}\n`);
    });
    return this.elevate();
  }

  /** Its picture, once that was read as `as`. */
  async picture(as: Snapshot['host']['readAs']): Promise<Pick<Picture, 'snapshot' | 'denied' | 'elevation'>> {
    this.#child.stdin?.write(`picture ${as}\n`);
    const picture = (await this.#next()) as Pick<Picture, 'snapshot' | 'denied' | 'elevation'>;
    expect(picture.snapshot.host.readAs).toBe(as);
    return picture;
  }

  close(): void {
    this.#child.stdin?.end();
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #next(): Promise<unknown> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error(`the user's session ended: ${this.#said}`);
      // A terminal shows what is typed, and what sudo asks, as well.
      if (line.value.startsWith('{')) return JSON.parse(line.value);
      this.#said = (this.#said + line.value).slice(-2000);
    }
  }
}

beforeAll(async () => {
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}\n');
  await programIn(dir, 'src/node/reader/main.ts', 'reader.js');
  await programIn(dir, 'test/drift/session-as-user.ts', 'session.js');
  for (const folder of ['sudoers.d', 'rules.d']) mkdirSync(join(dir, folder), { mode: 0o755 });
  writeFileSync(join(dir, 'sudoers.d/bulkhead'), `#${ALLOWED} ALL=(root) NOPASSWD: ${process.execPath} ${reader}\n`, { mode: 0o440 });
  writeFileSync(join(dir, 'sudoers.d/asked'), `${ASKED.name} ALL=(root) PASSWD: ${process.execPath} ${reader}\n`, { mode: 0o440 });
  const hash = (await run(['perl', '-e', 'print crypt($ARGV[0], q($6$bulkhead$))', ASKED.password])).trim();
  const shadow = readFileSync('/etc/shadow', 'utf8').split('\n').filter((line) => !line.startsWith(`${ASKED.name}:`));
  writeFileSync(join(dir, 'shadow'), `${ASKED.name}:${hash}:20000:0:99999:7:::\n${shadow.join('\n')}`, { mode: 0o600 });
  writeFileSync(
    join(dir, 'rules.d/10-bulkhead.rules'),
    `polkit.addRule(function (action, subject) {
  if (action.id == 'org.freedesktop.policykit.exec' && subject.user == 'nobody' && action.lookup('command_line') == '${process.execPath} ${reader}') return polkit.Result.YES;
  return polkit.Result.NO;
});\n`,
  );
  lab = await startEngine();
  chownSync(lab.socket, 0, GROUP);
  chmodSync(lab.socket, 0o660);
  await lab.image('setuid:lab', { setuid: ['bin/su'] });
  await lab.run('plain', { image: 'setuid:lab', args: ['--memory', '64m'] });
  await lab.run('joins', { args: ['--network', 'container:plain', '--pid', 'host', '--cap-add', 'NET_ADMIN'] });
  root = await lookAt(lab);
}, 240_000);
afterAll(async () => {
  await lab?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 120_000);

describe.each(['sudo', 'pkexec'] as const)('by %s', (way) => {
  test('what was denied before is known after, field by field what root reads, and the reader ends with the session', async () => {
    const user = new User(way, ALLOWED);
    await user.open();
    const before = await user.picture('user');
    expect(before.elevation).toBe('possible');
    expect(before.denied.map((one) => one.what)).toContainEqual(expect.stringMatching(/^Namespaces of /));
    for (const c of before.snapshot.containers) {
      sameOrDenied(c, root.container(c.name), c.name);
      expect(c.namespaces.net.inode).toMatchObject({ unknown: 'denied' });
      expect(c.devices).toMatchObject({ unknown: 'denied' });
    }
    expect(running()).toEqual([]);

    expect(await user.elevate()).toEqual({ ok: true, value: null });
    const after = await user.picture('reader');
    expect(after.elevation).toBe('running');
    expect(after.snapshot.containers.map((c) => c.name).sort()).toEqual(['joins', 'plain']);
    for (const c of after.snapshot.containers) sameReadings(c, root.container(c.name));
    expect(after.denied).toEqual([]);
    expect(running().length).toBeGreaterThan(0);

    user.close();
    expect(await until(() => running().length === 0 && user.ended, 60_000)).toBe(true);
  });

  test('it ends with a session that is killed', async () => {
    const user = new User(way, ALLOWED);
    await user.open();
    expect(await user.elevate()).toEqual({ ok: true, value: null });
    expect(running().length).toBeGreaterThan(0);
    process.kill(user.pid, 'SIGKILL');
    expect(await until(() => running().length === 0 && user.ended, 60_000)).toBe(true);
  });

  test('a user who is not allowed is told so, and goes on with what anyone may read', async () => {
    const user = new User(way, OTHER);
    await user.open();
    const refused = await user.elevate();
    expect(refused).toMatchObject({ ok: false, trouble: { what: 'The kernel could not be read as root', command: 'sudo bulkhead serve' } });
    expect(!refused.ok && refused.trouble.why).toMatch(way === 'sudo' ? /password is required|not allowed|no valid|unknown user|do not exist/u : /Not authorized/u);
    expect((await user.picture('user')).snapshot.containers).toHaveLength(2);
    user.close();
    expect(await until(() => user.ended, 60_000)).toBe(true);
    expect(running()).toEqual([]);
  });
});

test('in a terminal sudo asks there for the password, and what was denied is known after', async () => {
  const user = new User('sudo', ASKED.uid, true);
  await user.open();
  expect((await user.picture('user')).elevation).toBe('possible');
  expect(await user.elevateBy(ASKED.password)).toEqual({ ok: true, value: null });
  const after = await user.picture('reader');
  for (const c of after.snapshot.containers) sameReadings(c, root.container(c.name));
  expect(after.denied).toEqual([]);
  process.kill(user.pid, 'SIGTERM');
  expect(await until(() => running().length === 0 && user.ended, 60_000)).toBe(true);
});

test('as root it takes no word but its own: other verbs, paths and commands are refused, arguments are not looked at', async () => {
  const secret = join(dir, 'secret');
  writeFileSync(secret, 'not to be read', { mode: 0o600 });
  const asked = [
    { ask: 'run', command: `cat ${secret}` }, { ask: 'read', path: secret }, { ask: 'kernel' }, { ask: 'programs', which: [{ id: 'x', pid: `1/root${secret}` }] },
    { ask: 'tables', nets: [{ key: 'host', pid: `../..${secret}`, of: [] }] }, { ask: 'forget', touch: join(dir, 'made') },
  ];
  const ran = await tryRun(staged('sudo', [...asUser(ALLOWED), 'sudo', '-n', '--', process.execPath, reader]), { input: `not json\n${asked.map((one) => JSON.stringify(one)).join('\n')}\n`, env: ENV });
  expect(ran.code).toBe(0);
  const lines = ran.stdout.trim().split('\n').map((line): unknown => JSON.parse(line));
  expect(lines[0]).toEqual({ reader: 1, uid: 0 });
  expect(lines).toHaveLength(asked.length + 2);
  for (const line of lines.slice(1, -1)) expect(line).toHaveProperty('failed');
  expect(lines.at(-1)).toEqual({ answer: null });
  expect(ran.stdout + ran.stderr).not.toContain('not to be read');
  expect(existsSync(join(dir, 'made'))).toBe(false);
  // The rule allows the command without arguments only; with one, sudo itself refuses.
  const more = await tryRun(staged('sudo', [...asUser(OTHER), 'sudo', '-n', '--', process.execPath, reader]), { env: ENV });
  expect(more.code).not.toBe(0);
});
