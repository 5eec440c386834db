import { createInterface } from 'node:readline';
import type { Push } from '../../src/contract/contract.js';
import { Session } from '../../src/node/session/session.js';
import { STANDARD_PARTS } from '../../src/node/session/standard.js';

/** Watches the engine named by the first argument from where this process stands; one JSON line for each thing told. Ends with its standard input. */
const session = new Session({ host: process.argv[2], parts: STANDARD_PARTS, version: 'test', shell: 'browser', pollMs: 1000 });
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const told = new Map<string, string>();

session.subscribe((push: Push) => {
  const { picture } = session;
  if (push.push === 'link') say({ link: push.link.state });
  if (push.push === 'alarms') say({ aside: push.alarms });
  if (picture === null || picture.snapshot.origin !== 'live') return;
  for (const alarm of picture.alarms) {
    const text = JSON.stringify(alarm);
    if (told.get(alarm.id) === text) continue;
    told.set(alarm.id, text);
    say({ alarm });
  }
  if (push.push === 'delta') for (const moment of push.delta.newMoments) say({ moment });
  if (push.push === 'picture' || (push.push === 'delta' && push.delta.snapshot !== null)) {
    say({ seen: picture.snapshot.containers.map((c) => ({ name: c.name, state: c.state, net: c.net })), tables: picture.snapshot.nets.length });
  }
});
session.start();
process.stdin.on('end', () => process.exit(0));
// A line asks for a saved file to be shown, or for the live host again.
createInterface({ input: process.stdin }).on('line', (line) => {
  const { picture } = session;
  if (line === 'file' && picture !== null) void session.call('openText', [{ name: 'saved.json', text: JSON.stringify(picture.snapshot) }]);
  if (line === 'live') void session.call('goLive', []);
});
