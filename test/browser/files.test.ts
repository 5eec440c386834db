import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/core/model/snapshot.js';
import { cast } from '../cast/cast.js';
import { idOf, stages, type Stage } from './stage.js';
import { pictureOf, StandSession } from './stand.js';

const { open: openStage } = stages();
let page: Page;
let session: StandSession;
let current: Stage;

async function open(given?: StandSession): Promise<void> {
  current = await openStage(given);
  ({ page, session } = current);
}
/** What the window asked for by this method, in its order; what else it asks for in between is no matter. */
const asked = (method: string) => session.asked.filter((one) => one.method === method);
const shown = (): Promise<void> => current.shown();
const inspector = () => current.inspector;
const stage = () => current.stage;

describe('files', () => {
  it('are opened by input and by drop, as text that the session checks', async () => {
    await open();
    await shown();
    session.answers.openText = ({ name }) => ({ ok: false, trouble: { what: `${name} is not a snapshot`, why: 'it has no format', todo: 'Save one with bulkhead snapshot -o FILE.', command: '' } });
    await page.locator('#open-file').setInputFiles({ name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') });
    await page.getByTestId('notice').getByText('notes.json is not a snapshot').waitFor();
    expect(asked('openText')).toMatchObject([{ args: [{ name: 'notes.json', text: '{"a":1}' }] }]);
    expect(await stage().getAttribute('data-items')).not.toBe('0');
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['{"b":2}'], 'dropped.json', { type: 'application/json' }));
      return data;
    });
    await page.dispatchEvent('#picture', 'drop', { dataTransfer: transfer });
    await page.getByTestId('notice').getByText('dropped.json is not a snapshot').waitFor();
  });

  it('are shown before the session has them, stay as they are when it agrees, and go where it does not', async () => {
    await open();
    await shown();
    const { snapshot, ...rest } = pictureOf(cast(14));
    const items = await stage().getAttribute('data-items');
    const few = { name: 'here.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ ...snapshot, containers: snapshot.containers.slice(0, 5) })) };
    const isShown = (same: boolean) => page.waitForFunction(([before, wanted]) => (document.querySelector<HTMLElement>('[data-testid=stage]')?.dataset['items'] === before) === wanted, [items, same] as const);
    let key = '';
    session.answers.openText = (args) => {
      key = args.key ?? '';
      session.push({ push: 'link', link: { state: 'file', name: args.name, takenAt: snapshot.takenAt } });
      session.push({ push: 'opened', seq: 100, key, picture: rest });
      return { ok: true, value: null };
    };
    await page.locator('#open-file').setInputFiles(few);
    await isShown(false);
    await expect.poll(() => key).not.toBe('');
    const resyncs = () => asked('resync').length;
    const before = resyncs();
    // Another window's file: asked for whole.
    session.push({ push: 'opened', seq: 101, key, picture: rest });
    await isShown(true);
    expect(resyncs()).toBe(before + 1);
    session.answers.openText = ({ name }) => ({ ok: false, trouble: { what: `${name} was not taken`, why: 'it is this test', todo: '', command: '' } });
    await page.locator('#open-file').setInputFiles(few);
    await page.getByTestId('notice').getByText('here.json was not taken').waitFor();
    await isShown(true);
  });

  it('are saved with the bytes that were previewed', async () => {
    await open();
    await shown();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n';
    session.answers.exportAs = (request) => ({ ok: true, value: { name: `host.${request.format}`, mime: request.format === 'svg' ? 'image/svg+xml' : 'application/json', encoding: 'text', data: request.format === 'svg' ? svg : '{}\n', left: request.redact ? ['ports: 80/tcp'] : [], preview: request.format === 'pdf' || request.format === 'html' ? svg : null } });
    await page.keyboard.press('Control+e');
    await page.getByTestId('preview').getByRole('img').waitFor();
    const download = page.waitForEvent('download');
    await page.getByTestId('save').click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('host.svg');
    expect(readFileSync(await saved.path(), 'utf8')).toBe(svg);
    await page.keyboard.press('Control+e');
    // What no window can show is shown as its maker drew it.
    for (const format of ['pdf', 'html']) {
      await page.getByTestId('format').selectOption(format);
      await page.getByText(`host.${format}`).waitFor();
      await page.waitForFunction((alt) => document.querySelector<HTMLImageElement>(`[data-testid=preview] img[alt$="${alt}"]`)?.naturalWidth === 10, format);
    }
    const size = await stage().evaluate((node) => node.clientHeight);
    expect(asked('exportAs').at(-1)?.args[0]).toMatchObject({ format: 'html', height: size, order: { buses: expect.arrayContaining([]) as unknown } });
    // A live host goes on; what was made of it stays until something else is chosen.
    const [made, items] = [asked('exportAs').length, await stage().getAttribute('data-items')];
    session.show(null, pictureOf(cast(3)));
    await page.waitForFunction((before) => document.querySelector<HTMLElement>('[data-testid=stage]')?.dataset['items'] !== before, items);
    expect(asked('exportAs').length).toBe(made);
    await page.getByTestId('format').selectOption('json');
    await page.getByTestId('redact').check();
    await page.getByText('host.json').waitFor();
    await page.getByTestId('left').getByText('ports: 80/tcp').waitFor();
    expect(asked('exportAs').at(-1)).toMatchObject({ args: [{ format: 'json', redact: true, lens: 'network', theme: 'dark' }] });
    // A window that comes back remembers what was chosen last.
    await page.reload();
    await shown();
    await page.keyboard.press('Control+e');
    await page.getByText('host.json').waitFor();
    expect(await page.getByTestId('format').inputValue()).toBe('json');
    expect(await page.getByTestId('redact').isChecked()).toBe(true);
  });

  it('are compared in sentences', async () => {
    await open();
    await shown();
    session.answers.compareText = () => ({ ok: true, value: { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', came: [idOf('web')], gone: [], goneFrom: [], recreated: [], changed: [idOf('db')], summary: '1 changed.', changes: [{ direction: 'worse', text: 'db lost its memory limit (was 1 GiB)', about: [idOf('db')] }] } });
    await page.getByTestId('menu').click();
    await page.getByRole('menuitem', { name: 'Compare with a file…' }).click();
    await page.getByTestId('compare-file').setInputFiles({ name: 'monday.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await page.getByText('db lost its memory limit').click();
    await inspector().getByRole('heading', { name: 'db' }).waitFor();
    // The marks stay on the picture until they are put away.
    await page.getByTestId('menu').click();
    await page.getByRole('menuitem', { name: 'Compare with a file…' }).click();
    await page.getByRole('button', { name: 'Put the marks away' }).click();
    await page.getByText('It tells what changed for isolation').waitFor();
  });
});

describe('untrusted names', () => {
  it('are text and nothing else', async () => {
    const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const snapshot: Snapshot = { ...cast(14), containers: cast(14).containers.map((c) => (c.name === 'jenkins' ? { ...c, name: evil, image: evil } : c)) };
    await open(new StandSession(pictureOf(snapshot)));
    await shown();
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').fill('onerror');
    await page.keyboard.press('Enter');
    await inspector().getByRole('heading', { name: evil }).waitFor();
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expect(current.complaints).toEqual([]);
  });
});
