import { release } from 'node:os';
import type { Snapshot } from '../../../src/core/model/index.js';
import { NoEngine } from '../../../src/node/collect/engine/failure.js';
import { look } from '../../../src/node/collect/look.js';
import { setUp } from './stand.js';
import { strike } from './strike.js';

/** Runs inside the emulated host: sets the wires up, looks once, attacks, and prints a line of JSON. Words: wires to choose. */
const started = Date.now();
const since = (): number => Math.round((Date.now() - started) / 100) / 10;
const stands = await setUp(process.argv.slice(2));
const standing = since();
/** An engine that is emulated, and has just started containers, may be late with its first answer: then it is asked again. */
async function seen(more: number): Promise<Snapshot> {
  try {
    return await look({ host: 'unix:///var/run/docker.sock' });
  } catch (error) {
    if (!(error instanceof NoEngine) || more === 0) throw error;
    return seen(more - 1);
  }
}
const snapshot = await seen(5);
const looked = since();
const struck = await Promise.all(stands.map(async (s) => ({ wire: s.wire.name, members: Object.fromEntries([...s.places, ...(s.host === null ? [] : [s.host])].map((p) => [p.name, p.pid])), struck: await strike(s) })));
process.stdout.write(`${JSON.stringify({ kernel: release().split('-')[0], seconds: { standing, looked, struck: since() }, snapshot, wires: struck })}\n`);
