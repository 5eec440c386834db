import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../cast/cast.js';
import { BIN, built, bulkhead } from './bulkhead.js';

const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-cli-'));
const file = path.join(dir, 'host.json');
const at = (name: string): string => path.join(dir, name);

beforeAll(() => {
  built();
  writeFileSync(file, JSON.stringify(cast(14)));
  writeFileSync(at('small.json'), JSON.stringify({ ...cast(14), containers: cast(14).containers.filter((c) => c.name !== 'jenkins') }));
  mkdirSync(at('empty'));
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Findings {
  readonly findings: readonly { readonly rule: string; readonly name: string; readonly severity: string; readonly fingerprint: string; readonly subjects: readonly { readonly name: string }[]; readonly evidence: readonly { readonly source: string }[] }[];
}
const json = <T>(text: string): T => JSON.parse(text) as T;

describe('conventions', () => {
  test('--help and --version answer on standard output, with status 0', async () => {
    for (const words of [['--help'], ['check', '--help'], ['--version']]) {
      const done = await bulkhead(words);
      expect(done).toMatchObject({ status: 0, err: '' });
      expect(done.out.length).toBeGreaterThan(4);
    }
  });

  test('a wrong word gets a guess, status 2 and nothing on standard output', async () => {
    for (const [words, guess] of [[['snapshto'], 'snapshot'], [['explain', 'privilged'], 'privileged'], [['check', '--fail-in', 'high', file], '--fail-on'], [['l2', '--from', 'jenkin', '--to', 'registry', file], 'jenkins']] as const) {
      const done = await bulkhead(words);
      expect(done.status, words.join(' ')).toBe(2);
      expect(done.out).toBe('');
      expect(done.err).toMatch(/did you mean/iu);
      expect(done.err).toContain(guess);
    }
  });

  test('a value that is none of the choices is refused with the choices', async () => {
    const done = await bulkhead(['check', '--fail-on', 'terrible', file]);
    expect(done.status).toBe(2);
    expect(done.err).toContain('critical');
  });

  test('what could not be done is one sentence: what, why, what to do', async () => {
    for (const [words, what] of [[['check', at('none.json')], 'there is no'], [['check', at('empty')], 'is a folder'], [['drift', BIN], 'is not a snapshot'], [['check', '--host', `unix://${at('none.sock')}`], 'no engine']] as const) {
      const done = await bulkhead(words);
      expect(done.status, words.join(' ')).toBe(2);
      expect(done.out).toBe('');
      expect(done.err).toMatch(/^bulkhead: /u);
      expect(done.err).toContain(what);
      expect(done.err.trim().split('\n').length).toBeLessThan(4);
    }
  });

  test('a pipe that is closed early is quiet', () => {
    const done = spawnSync('bash', ['-c', `set -o pipefail; "${process.execPath}" "${BIN}" l2 --format json "${file}" | head -c 100 >/dev/null; echo "$?"`], { encoding: 'utf8', timeout: 60_000 });
    expect(done.stderr).toBe('');
    expect(['0', '141']).toContain(done.stdout.trim());
  });

  test('no colour where there is no terminal; FORCE_COLOR brings it, NO_COLOR wins', async () => {
    const escape = '\u001b[';
    expect((await bulkhead(['check', file])).out).not.toContain(escape);
    expect((await bulkhead(['check', file], { env: { FORCE_COLOR: '1' } })).out).toContain(escape);
    expect((await bulkhead(['check', file], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain(escape);
  });

  test('names that fight back do not reach the terminal as commands', async () => {
    const s = cast(3);
    writeFileSync(at('hostile.json'), JSON.stringify({ ...s, containers: s.containers.map((c) => ({ ...c, name: `\u001b[2J\u001b]0;owned\u0007${c.name}\u202e`, declared: { ...c.declared, privileged: true } })) }));
    for (const words of [['check'], ['l2'], ['ns'], ['doctor']]) {
      const done = await bulkhead([...words, at('hostile.json')]);
      expect(done.out, words[0]).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u);
    }
  });

  test('standard input is a file as well', async () => {
    expect((await bulkhead(['check', '--format', 'json', '-'], { input: readFileSync(file, 'utf8') })).out).toBe((await bulkhead(['check', '--format', 'json', file])).out);
  });
});

describe('answers', () => {
  test('check: findings as promised, worst first, and their status by --fail-on', async () => {
    const done = await bulkhead(['check', '--format', 'json', '--fail-on', 'critical', file]);
    expect(done.status).toBe(1);
    const { findings } = json<Findings>(done.out);
    expect(findings[0]).toMatchObject({ severity: 'critical', name: 'engine-socket-mounted' });
    expect(findings.every((f) => f.fingerprint !== '' && f.evidence.length > 0 && f.evidence.every((e) => e.source !== ''))).toBe(true);
    expect((await bulkhead(['check', file])).status).toBe(0);
    expect((await bulkhead(['check', '--fail-on', 'never', file])).status).toBe(0);
    expect((await bulkhead(['check', '--fail-on', 'critical', at('small.json')])).status).toBe(0);
  });

  test('drift: only where the kernel contradicts the declaration', async () => {
    const { findings } = json<Findings>((await bulkhead(['drift', '--format', 'json', file])).out);
    expect(findings.map((f) => [f.name, f.subjects[0]?.name])).toEqual([['drift-lsm', 'mailer'], ['drift-root-writable', 'db']]);
  });

  test('l2: pairs by name, and the whole chain of one', async () => {
    const all = json<{ pairs: { attacker: string; victim: string; verdict: string; impersonates: string[]; because: { step: string; holds: string; reading: object }[] }[] }>((await bulkhead(['l2', '--format', 'json', file])).out).pairs;
    const one = all.find((p) => p.attacker === 'jenkins' && p.victim === 'registry' && p.verdict === 'possible');
    expect(one?.impersonates).toContain('(gateway)');
    expect(one?.because[0]).toHaveProperty('reading');
    expect(all.some((p) => p.victim === '(host)')).toBe(true);
    const text = await bulkhead(['l2', '--from', 'jenkins', '--to', 'registry', file]);
    expect(text.out).toMatch(/^jenkins can make registry believe/u);
    expect(text.out).toContain('What would stop it');
  });

  test('ns, doctor and explain answer in both formats', async () => {
    const ns = json<{ namespaces: { type: string; inode: number; owner: string; members: { name: string }[]; heldBy: string[] }[] }>((await bulkhead(['ns', '--format', 'json', file])).out);
    expect(ns.namespaces.find((n) => n.type === 'net' && n.members.some((m) => m.name === 'web-tap'))?.members.map((m) => m.name)).toContain('web');
    expect((await bulkhead(['ns', file])).out).toContain('web, web-tap');
    expect((await bulkhead(['doctor', file])).out).toContain('Kernel');
    expect(json<{ checks: unknown[] }>((await bulkhead(['doctor', '--format', 'json', file])).out).checks.length).toBeGreaterThan(5);
    expect((await bulkhead(['explain', 'bh-l2-01'])).out).toContain('What to do');
    expect(json<{ rules: unknown[] }>((await bulkhead(['explain', '--format', 'json'])).out).rules.length).toBeGreaterThan(40);
  });

  test('diff speaks of isolation', async () => {
    const done = await bulkhead(['diff', at('small.json'), file]);
    expect(done).toMatchObject({ status: 0, err: '' });
    expect(done.out).toContain('jenkins');
    expect(json<object>((await bulkhead(['diff', '--format', 'json', at('small.json'), file])).out)).toHaveProperty('changes');
    expect((await bulkhead(['diff', '--format', 'markdown', at('small.json'), file])).out).toContain('###');
  });

  test('snapshot: jq takes it, -o writes it whole, --redact hides what it names', async () => {
    const jq = spawnSync('bash', ['-c', `"${process.execPath}" "${BIN}" snapshot "${file}" | jq -r '.containers | length'`], { encoding: 'utf8', timeout: 60_000 });
    expect(jq.stdout.trim()).toBe('14');
    expect(await bulkhead(['snapshot', '-o', at('copy.json'), file])).toEqual({ status: 0, out: '', err: '' });
    expect(json<object>(readFileSync(at('copy.json'), 'utf8'))).toEqual(json<object>(readFileSync(file, 'utf8')));
    const hidden = await bulkhead(['snapshot', '--redact', 'a long key', file]);
    expect(hidden.err).toContain('What is left');
    expect(hidden.out).not.toContain('jenkins');
    expect((await bulkhead(['snapshot', '--redact', 'a long key', file])).out).toBe(hidden.out);
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('the gate', () => {
  test('a baseline: only what is new counts', async () => {
    const base = at('baseline.json');
    expect((await bulkhead(['check', '--write-baseline', base, at('small.json')])).status).toBe(0);
    expect((await bulkhead(['check', '--baseline', base, '--fail-on', 'low', at('small.json')])).status).toBe(0);
    const fresh = await bulkhead(['check', '--baseline', base, '--fail-on', 'critical', '--format', 'json', file]);
    expect(fresh.status).toBe(1);
    expect(json<Findings>(fresh.out).findings.every((f) => f.subjects.some((s) => s.name === 'jenkins') || f.name.startsWith('can-impersonate') || f.name === 'host-promise-exceeded')).toBe(true);
    writeFileSync(at('broken.json'), '{"findings": 1}');
    expect((await bulkhead(['check', '--baseline', at('broken.json'), file])).status).toBe(2);
  });

  test('a policy raises, lowers and accepts; it is found in the working folder, and can be left out', async () => {
    const folder = at('project');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'bulkhead.yaml'), `version: 1
fail-on: critical
severity:
  - { rule: no-memory-limit, containers: [node-exporter], to: critical }
accept:
  - rule: engine-socket-mounted
    containers: [jenkins]
    reason: builds images until the builder is there
    until: 2999-12-31
`);
    const done = await bulkhead(['check', '--format', 'json', file], { cwd: folder });
    expect(done.status).toBe(1);
    const answer = json<Findings & { accepted: { name: string; reason: string }[] }>(done.out);
    expect(answer.findings.filter((f) => f.severity === 'critical').map((f) => f.name)).toEqual(['no-memory-limit']);
    expect(answer.accepted).toMatchObject([{ name: 'engine-socket-mounted', reason: 'builds images until the builder is there' }]);
    expect((await bulkhead(['check', '--no-policy', file], { cwd: folder })).status).toBe(0);
  });

  test('an error in a policy names its line and guesses the word', async () => {
    const policy = at('wrong.yaml');
    const say = async (text: string) => {
      writeFileSync(policy, text);
      const done = await bulkhead(['check', '--policy', policy, file]);
      expect(done.status).toBe(2);
      return done.err;
    };
    expect(await say('version: 1\naccept:\n  - rule: privilged\n    reason: x\n    until: 2999-01-01\n')).toMatch(/line 3.*Did you mean privileged/su);
    expect(await say('version: 1\naccept:\n  - rule: privileged\n    until: 2999-01-01\n')).toContain('line 3');
    expect(await say('version: 1\nacept: []\n')).toMatch(/line 2.*Did you mean accept/su);
    expect(await say('version: 1\naccept: [\n')).toContain('line');
  });

  test('SARIF, JUnit and a file for either', async () => {
    expect(await bulkhead(['check', '--format', 'sarif', '-o', at('out.sarif'), file])).toMatchObject({ status: 0, out: '' });
    expect(json<{ version: string }>(readFileSync(at('out.sarif'), 'utf8')).version).toBe('2.1.0');
    expect((await bulkhead(['check', '--format', 'junit', file])).out).toMatch(/^<\?xml .*<testsuites /su);
  });
});

describe('export', () => {
  test('writes a file, a folder or standard output, and the same bytes each time', async () => {
    const svg = await bulkhead(['export', '--format', 'svg', file]);
    expect(svg.out).toContain('<svg');
    expect((await bulkhead(['export', '--format', 'svg', file])).out).toBe(svg.out);
    expect((await bulkhead(['export', '--format', 'png', '--lens', 'enforcement', '-o', at('walls.png'), file])).status).toBe(0);
    expect(readFileSync(at('walls.png')).subarray(1, 4).toString()).toBe('PNG');
    expect((await bulkhead(['export', '--format', 'csv', '-o', `${at('tables')}/`, file])).status).toBe(0);
    expect(readdirSync(at('tables')).sort()).toContain('endpoints.csv');
    const one = await bulkhead(['export', '--format', 'csv', '--table', 'segments', file]);
    expect(one.out.split('\r\n')[0]).toMatch(/^name,/u);
  });

  test('a filter that is not understood, and a lens that there is not', async () => {
    expect((await bulkhead(['export', '--filter', 'nosuchword:x', file])).status).toBe(2);
    expect((await bulkhead(['export', '--lens', 'netwrok', file])).status).toBe(2);
  });
});
