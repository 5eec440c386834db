import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Link, Picture } from '../../src/contract/contract.js';
import { LENSES } from '../../src/core/scene/scene.js';
import type { Snapshot } from '../../src/core/model/snapshot.js';
import type { Served } from '../../src/node/serve/serve.js';
import { cast } from '../cast/cast.js';
import { openChromium, type Opened } from './chromium.js';
import { pictureOf, serveStand, StandSession } from './stand.js';

/** What is clicked arrives over a socket. */
const PATIENCE = { timeout: 10_000 };
let browser: Opened;
let session: StandSession;
let served: Served;
let page: Page;

beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

async function open(given: StandSession, scheme: 'dark' | 'light' = 'dark'): Promise<void> {
  session = given;
  served = await serveStand(session);
  page = await browser.page();
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: scheme });
  await page.goto(served.url);
}

afterEach(async () => {
  await page.evaluate(() => localStorage.clear()).catch(() => undefined);
  await page.close();
  await served.close();
});

const card = () => page.getByTestId('state-card');
const state = () => page.getByTestId('state');
const trouble = { what: 'No engine was found.', why: 'there is no /var/run/docker.sock', todo: 'Start one.', command: 'sudo systemctl start docker' };
const since = (): string => new Date(Date.now() - 12_000).toISOString();
const example: Snapshot = { ...cast(14), origin: 'example' };

describe('each state says what happened, why, and what to do', () => {
  it('connecting: a skeleton, and what is read', async () => {
    await open(new StandSession(null, { state: 'connecting', endpoint: 'unix:///var/run/docker.sock', since: since(), read: 9, total: 14 }));
    await page.getByTestId('skeleton').getByText('9 of 14 read').waitFor();
    await state().getByText('reading, 9 of 14').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => session.asked.map((one) => one.method), PATIENCE).toContain('tryNow');
  });

  it('example: which places were looked at, and how to start an engine; it goes live by itself', async () => {
    await open(new StandSession(pictureOf(example), { state: 'example', tried: [{ endpoint: 'unix:///var/run/docker.sock', failure: 'absent', text: 'there is no /var/run/docker.sock' }], trouble }));
    await card().getByText('No engine found, so this is an example').waitFor();
    await card().getByText('there is no /var/run/docker.sock').waitFor();
    await card().getByText('sudo systemctl start docker').waitFor();
    expect(await page.title()).toContain('example');
    session.show({ state: 'live', endpoint: 'unix:///var/run/docker.sock', since: since() }, pictureOf(cast(3)));
    await card().waitFor({ state: 'detached' });
    await state().getByText('live, 3 containers').waitFor();
  });

  it('denied: the group that would help, and what it costs', async () => {
    await open(new StandSession(pictureOf(example), { state: 'example', tried: [{ endpoint: 'unix:///var/run/docker.sock', failure: 'denied', text: '/var/run/docker.sock belongs to root and group docker; you are not in that group' }], trouble: { ...trouble, todo: 'Join the group, then log in again:', command: 'sudo usermod -aG docker $USER' } }));
    await card().getByText('may not be asked').waitFor();
    await card().getByText('sudo usermod -aG docker $USER').waitFor();
    await card().getByText('can become root here').waitFor();
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect.poll(() => session.asked.map((one) => one.method), PATIENCE).toContain('tryNow');
  });

  it('stale: the last picture stays, with its age, and is tried again', async () => {
    await open(new StandSession(pictureOf(cast(14))));
    await page.getByTestId('stage').waitFor();
    session.show({ state: 'stale', endpoint: 'unix:///var/run/docker.sock', since: since(), trouble: { ...trouble, why: 'docker.sock closed the connection: dockerd stopped or restarts.', todo: 'Nothing.' }, nextTryAt: new Date(Date.now() + 600_000).toISOString() });
    await card().getByText(/Engine lost \d+ s ago/).waitFor();
    await card().getByText(/Next attempt in \d+ s/).waitFor();
    await state().getByText(/old, reconnecting/).waitFor();
    expect(Number(await page.getByTestId('stage').getAttribute('data-items'))).toBeGreaterThan(10);
    await page.getByRole('button', { name: 'Try now' }).click();
    await expect.poll(() => session.asked.map((one) => one.method), PATIENCE).toContain('tryNow');
  });

  it('example and stale: another socket or context can be chosen, of those that were found', async () => {
    const stand = new StandSession(pictureOf(example), { state: 'example', tried: [], trouble });
    stand.answers.engines = () => ({ ok: true, value: { now: 'unix:///var/run/docker.sock', engines: [
      { id: 'unix:///var/run/docker.sock', endpoint: 'unix:///var/run/docker.sock', from: 'usual place', state: 'denied' },
      { id: 'context farm', endpoint: 'ssh://me@farm', from: 'context farm', state: 'elsewhere' },
      { id: 'unix:///run/podman/podman.sock', endpoint: 'unix:///run/podman/podman.sock', from: 'usual place', state: 'absent' },
    ] } });
    await open(stand);
    await card().getByRole('button', { name: 'Choose a socket' }).click();
    const list = page.getByTestId('engines');
    await list.getByText('may not open it').waitFor();
    await list.getByText('Nothing at').waitFor();
    expect(await list.getByRole('button').count()).toBe(2);
    await list.getByRole('button', { name: /ssh:\/\/me@farm/ }).click();
    await page.getByTestId('skeleton').waitFor();
    await expect.poll(() => stand.asked, PATIENCE).toContainEqual({ method: 'useEngine', args: [{ id: 'context farm' }] });
    stand.show({ state: 'live', endpoint: 'ssh://me@farm', since: since() }, pictureOf(cast(3)));
    await state().getByText('live, 3 containers').waitFor();
  });

  it('lost: the session itself is gone; it comes back by itself', async () => {
    await open(new StandSession(pictureOf(cast(14))));
    await page.getByTestId('stage').waitFor();
    await served.close();
    await card().getByText('session is gone').waitFor();
  });

  it('empty: nothing runs, and how something would', async () => {
    const none: Snapshot = { ...cast(3), containers: cast(3).containers.map((c) => ({ ...c, state: 'exited' as const, pid: null, net: null, process: null, processes: [], endpoints: [] })), groups: [] };
    await open(new StandSession(pictureOf(none)));
    await card().getByText(/No container runs on/).waitFor();
    await card().getByText(/docker start/).waitFor();
  });

  it('kernel unknown: said once, with what would help', async () => {
    const far: Snapshot = { ...cast(3), host: { ...cast(3).host, proof: { kind: 'foreign', why: 'Docker Desktop runs the engine in a VM.' } } };
    await open(new StandSession(pictureOf(far)));
    await card().getByText('kernel is not this machine').waitFor();
    await card().getByText('Docker Desktop runs the engine in a VM.').waitFor();
    await page.getByRole('button', { name: 'Go on without' }).click();
    await card().waitFor({ state: 'detached' });
    await state().getByText('kernel unknown').waitFor();
  });

  it('missing rights: in one place what is missing, what it would answer, and a way to it', async () => {
    const over: Partial<Picture> = { denied: [{ what: 'filters', would: 'whether an nft rule stops a forged frame' }], elevation: 'possible' };
    await open(new StandSession(pictureOf(cast(14), over)));
    await card().getByText('whether an nft rule stops a forged frame').waitFor();
    await page.getByRole('button', { name: 'Read as root' }).click();
    await expect.poll(() => session.asked.map((one) => one.method), PATIENCE).toContain('elevate');
  });

  it('a file, and back to the live host', async () => {
    await open(new StandSession(pictureOf(cast(3)), { state: 'file', name: 'monday.json', takenAt: '2026-11-02T10:00:00Z' }));
    await card().getByText('A saved snapshot: monday.json').waitFor();
    await page.getByRole('button', { name: 'Back to the live host' }).click();
    await expect.poll(() => session.asked.map((one) => one.method), PATIENCE).toContain('goLive');
  });

  it('a recording is stepped and played', async () => {
    const frames = Array.from({ length: 5 }, (_, n) => new Date(Date.parse('2026-11-02T10:00:00Z') + n * 1000).toISOString());
    const link: Extract<Link, { state: 'recording' }> = { state: 'recording', name: 'night.jsonl', frames, at: 0, truncated: true };
    const given = new StandSession(pictureOf(cast(3)), link);
    given.answers.seek = ({ frame }) => {
      given.show({ ...link, at: frame });
      return { ok: true, value: null };
    };
    await open(given);
    await card().getByText('cut off').waitFor();
    await page.getByRole('button', { name: 'Step on' }).click();
    await state().getByText('recording, 2 of 5').waitFor();
    await page.getByRole('button', { name: 'Play ×10' }).click();
    await state().getByText('recording, 5 of 5').waitFor();
    await page.getByRole('button', { name: 'Play ×10' }).waitFor();
  });

  it('an alarm is in the inspector and is told once', async () => {
    await open(new StandSession(pictureOf(cast(14))));
    await page.getByTestId('stage').waitFor();
    const attacker = cast(14).containers.find((c) => c.name === 'jenkins')?.id ?? '';
    const alarm = { id: 'a1', kind: 'impersonation' as const, at: new Date().toISOString(), healedAt: null, attacker, victim: 'host', impersonates: 'host', address: '172.17.0.1', segment: cast(14).segments[0]?.id ?? '', sentence: 'registry takes jenkins for the gateway', evidence: [] };
    session.show(null, pictureOf(cast(14), { alarms: [alarm] }));
    await page.getByTestId('alarms').getByText('registry takes jenkins for the gateway').waitFor();
    session.show(null, pictureOf(cast(14), { alarms: [alarm] }));
    session.show({ state: 'live', endpoint: 'unix:///second', since: since() });
    await page.getByText('unix:///second').waitFor();
    expect(await page.getByTestId('notice').count()).toBe(1);
  });
});

describe('axe finds nothing', () => {
  /** Only colours differ between the themes: the structure is looked at in one. */
  let scheme: 'dark' | 'light' = 'dark';
  const clean = async (what: string): Promise<void> => {
    const axe = new AxeBuilder({ page });
    const { violations } = await (scheme === 'light' ? axe.withRules(['color-contrast']) : axe).analyze();
    expect(violations.map((v) => `${what}: ${v.id} ${v.nodes.map((n) => `${n.target.join(' ')} ${n.any.map((a) => a.message).join('; ')}`).slice(0, 4).join(' | ')}`)).toEqual([]);
  };

  it.each(['dark', 'light'] as const)('in any lens, %s', async (given) => {
    scheme = given;
    await open(new StandSession(pictureOf(cast(14), { denied: [{ what: 'filters', would: 'whether a rule stops it' }], elevation: 'possible' })), scheme);
    await page.getByTestId('stage').waitFor();
    for (const lens of LENSES) {
      await page.locator(`#tab-${lens}`).click();
      if (lens === 'network') await clean('nothing chosen');
      await page.keyboard.press('Control+k');
      await page.getByTestId('palette').fill('web-tap');
      await page.keyboard.press('Enter');
      await page.getByTestId('verdict').waitFor();
      await clean(`${lens}, web-tap`);
      await page.keyboard.press('Escape');
    }
  });

  it.each(['dark', 'light'] as const)('in dialogs, chain and list, %s', async (given) => {
    scheme = given;
    await open(new StandSession(pictureOf(cast(14))), scheme);
    await page.getByTestId('stage').waitFor();
    session.answers.exportAs = () => ({ ok: true, value: { name: 'host.dot', mime: 'text/vnd.graphviz', encoding: 'text', data: 'digraph {}\n', left: [], preview: null } });
    await page.keyboard.press('v');
    await page.getByTestId('list').waitFor();
    await clean('list');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await clean('keys');
    await page.keyboard.press('Escape');
    session.answers.engines = () => ({ ok: true, value: { now: 'unix:///var/run/docker.sock', engines: (['there', 'denied', 'absent', 'elsewhere'] as const).map((state) => ({ id: state, endpoint: `unix:///${state}.sock`, from: 'usual place', state })) } });
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('Choose a socket');
    await page.keyboard.press('Enter');
    await page.getByTestId('engines').getByText('Nothing at').waitFor();
    await clean('engines');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('jenkins');
    await clean('palette');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'What would stop it?' }).click();
    await page.getByTestId('why').waitFor();
    await clean('chain');
    await page.keyboard.press('Escape');
    await page.getByTestId('menu').click();
    await clean('menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+e');
    await page.getByTestId('preview').getByText('digraph').waitFor();
    await clean('export');
    await page.keyboard.press('Escape');
    const jenkins = cast(14).containers.find((c) => c.name === 'jenkins')?.id ?? '';
    session.answers.compareText = () => ({ ok: true, value: { from: since(), to: since(), summary: '1 new pair can be impersonated.', came: [jenkins], gone: [], recreated: [], changed: [], goneFrom: [], changes: [{ kind: 'reach', direction: 'worse', about: [jenkins], text: 'jenkins came' }] } });
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('Compare with a file');
    await page.keyboard.press('Enter');
    await page.getByTestId('compare-file').setInputFiles({ name: 'monday.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await page.getByTestId('comparison').getByText('jenkins came').waitFor();
    await clean('compare');
  });

  it.each(['dark', 'light'] as const)('in the states, %s', async (given) => {
    scheme = given;
    await open(new StandSession(null, { state: 'connecting', endpoint: 'unix:///x', since: since(), read: 0, total: null }), scheme);
    await page.getByTestId('skeleton').waitFor();
    await clean('connecting');
    session.show({ state: 'example', tried: [{ endpoint: 'x', failure: 'denied', text: 'x belongs to root' }], trouble }, pictureOf(example));
    await card().waitFor();
    await clean('denied');
    session.show({ state: 'stale', endpoint: 'x', since: since(), trouble, nextTryAt: since() });
    await card().getByText(/Engine lost/).waitFor();
    await clean('stale');
    session.show({ state: 'live', endpoint: 'x', since: since() }, pictureOf({ ...cast(3), host: { ...cast(3).host, proof: { kind: 'foreign', why: 'Docker Desktop runs the engine in a VM.' } } }));
    await card().getByText('kernel is not this machine').waitFor();
    await clean('kernel unknown');
    session.show({ state: 'recording', name: 'night.jsonl', frames: [since(), since()], at: 0, truncated: true }, pictureOf(cast(3)));
    await card().getByText('cut off').waitFor();
    await clean('recording');
  });
});
