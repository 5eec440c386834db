import { expect, test } from 'vitest';
import type { Push } from '../../contract/contract.js';
import { Session } from '../../node/session/session.js';
import { STANDARD_PARTS } from '../../node/session/standard.js';
import { cast } from '../../../test/cast/cast.js';
import { openHere } from './opening.js';

test('a window shows of a file what the session will say of it', async () => {
  const text = JSON.stringify(cast(40));
  const own = openHere('host.json', text);
  const session = new Session({ host: 'unix:///nonexistent.sock', parts: { ...STANDARD_PARTS, example: () => null }, version: '0', shell: 'browser' });
  const pushes: Push[] = [];
  session.subscribe((push) => pushes.push(push));
  expect(await session.call('openText', [{ name: 'host.json', text, key: own?.key }])).toEqual({ ok: true, value: null });
  session.close();
  expect(pushes.at(-2)).toEqual({ push: 'link', link: own?.link });
  const { snapshot, ...rest } = own?.picture ?? { snapshot: null };
  expect(pushes.at(-1)).toMatchObject({ push: 'opened', key: own?.key, picture: rest });
  expect(snapshot).toEqual(session.picture?.snapshot);
});

test('what it cannot vouch for is left to the session', () => {
  expect(openHere('host.json', '{"format":1}')).toBeNull();
  expect(openHere('host.rec', '{"record":1}\n{}\n')).toBeNull();
});
