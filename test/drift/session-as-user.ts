import { createInterface } from 'node:readline';
import type { Snapshot } from '../../src/core/model/index.js';
import { Listener } from '../live/listen.js';

/**
 * A session as an ordinary user has it, in a process of its own: `elevate` on standard input is the user's click.
 * Prints one JSON line for what was asked: the snapshot, or what was answered.
 */
const listener = new Listener({ host: process.argv[2] ?? '', pollMs: 1_000, heartbeatMs: 600_000 });
/** Whether the first look, which leaves what takes long, has been followed by the rest. */
const isDeep = (snapshot: Snapshot): boolean => {
  const ids = new Set(snapshot.containers.map((c) => c.id));
  // As root the links are asked of ip(8); until then they are told by what anyone may read.
  const linked = snapshot.host.readAs !== 'reader' || snapshot.containers.every((c) => c.endpoints.every((e) => !('value' in e.interface && e.interface.source.startsWith('/proc/'))));
  return linked && snapshot.nets.every((net) => !net.of.some((id) => id === 'host' || ids.has(id)) || !('unknown' in net.nft && net.nft.unknown === 'not-asked'));
};
const say = (value: unknown) => void process.stdout.write(`${JSON.stringify(value)}\n`);
await listener.until('a first picture', () => listener.link?.state === 'live' && listener.picture !== null);
say({ pid: process.pid });
const lines = createInterface(process.stdin);
for await (const line of lines) {
  const [word = '', what = ''] = line.split(' ');
  if (word === 'elevate') {
    // On a terminal sudo reads the password here, and of two who read each would take some of the other's lines.
    lines.pause();
    say(await listener.session.call('elevate', []));
    lines.resume();
  }
  if (word === 'picture') {
    await listener.until(what, () => listener.picture?.snapshot.host.readAs === what && isDeep(listener.picture.snapshot), 150_000).catch(() => undefined);
    const picture = listener.picture;
    say(picture === null ? null : { snapshot: picture.snapshot, denied: picture.denied, elevation: picture.elevation });
  }
}
listener.close();
