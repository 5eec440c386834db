import { expect, test } from 'vitest';
import type { Picture } from '../../contract/contract.js';
import { cast } from '../../../test/cast/cast.js';
import { recordSnapshot, startRecording } from '../../core/record/index.js';
import { Session } from './session.js';
import { STANDARD_PARTS } from './standard.js';
import { openFile, pushesOf, type OpenedFile, type Shown } from './opened.js';

const host = cast(14);
const shownOf = (opened: OpenedFile): Shown => {
  if (!opened.ok) throw new Error(opened.trouble.why);
  return opened.shown;
};
const pictureOf = ({ snapshot, alarms, moments }: Shown): Picture => ({ snapshot, alarms, moments, judgement: { segments: [], counts: { possible: 0, latent: 0, unknown: 0, blocked: 0 }, unread: [], sham: [] }, findings: [], denied: [], elevation: 'not-possible' });
const pushed = (shown: Shown, asked: Parameters<typeof pushesOf>[2]) => pushesOf({ shown, picture: pictureOf(shown) }, 7, asked);

test('a snapshot is not sent back to a window that has its text, and whole to one that does not say so', () => {
  const shown = shownOf(openFile('host.json', JSON.stringify(host)));
  const [link, own] = pushed(shown, { key: 'mine' });
  expect(link).toEqual({ push: 'link', link: shown.link });
  expect(own).toMatchObject({ push: 'opened', key: 'mine', seq: 7 });
  expect(JSON.stringify(own)).not.toContain('"containers"');
  expect(pushed(shown, {})[1]).toMatchObject({ push: 'picture', seq: 7, picture: { snapshot: { format: 1 } } });
});

test('a recording comes whole, and a step in it does not tell the times of all frames again', () => {
  const start = startRecording(host);
  const next = recordSnapshot(start.recorder, { ...host, takenAt: new Date(Date.parse(host.takenAt) + 1000).toISOString(), containers: host.containers.slice(1) });
  const shown = shownOf(openFile('host.rec', start.text + next.text));
  expect(pushed(shown, { key: 'mine' }).map((p) => p.push)).toEqual(['link', 'picture']);
  const first = shownOf(shown.seek?.(0) ?? openFile('', ''));
  expect(pushed(first, { seek: true })).toMatchObject([{ push: 'frame', at: 0 }, { push: 'picture', picture: { snapshot: { takenAt: host.takenAt } } }]);
});

test('what is shown is compared with a snapshot, or with a recording as it was in the end', async () => {
  const start = startRecording(host);
  const next = recordSnapshot(start.recorder, { ...host, takenAt: new Date(Date.parse(host.takenAt) + 1000).toISOString(), containers: host.containers.slice(1) });
  const session = new Session({ host: 'unix:///nonexistent.sock', file: { name: 'host.json', text: JSON.stringify(host) }, parts: STANDARD_PARTS, version: '0', shell: 'browser' });
  expect(session.start()).toBeNull();
  const compared = await session.call('compareText', [{ name: 'host.rec', text: start.text + next.text }]);
  expect(compared).toMatchObject({ ok: true, value: { came: [host.containers[0]?.id] } });
  expect(await session.call('compareText', [{ name: 'x.json', text: '{' }])).toMatchObject({ ok: false, trouble: { what: expect.stringContaining('x.json was not opened') as string } });
  session.close();
});
