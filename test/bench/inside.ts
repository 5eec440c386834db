import { createInterface } from 'node:readline';
import { connect } from '../../src/node/collect/connect.js';
import { newKernelCache, readKernel, readMoving, type KernelCache, type KnownContainer } from '../../src/node/collect/kernel/index.js';
import { machineReaders, ROOTS } from '../../src/node/collect/machine.js';
import { Reader } from '../../src/node/collect/reader.js';
import { stayLean } from '../../src/node/lean.js';
import { openEvents } from '../../src/node/collect/engine/events.js';
import { Session } from '../../src/node/session/session.js';
import { STANDARD_PARTS } from '../../src/node/session/standard.js';
import { timed } from './bench.js';

/** Stands on the engine's host and does what a benchmark asks for, one JSON line each way. */
const host = process.argv[2] ?? '';
const door = await connect({ host });
let readers = machineReaders();
let reader = new Reader(door, { readers });
let session: Session | null = null;
/** How often the engine said that it has taken its configuration anew: whoever listens reads everything again. */
let reloads = 0;
/** When a container started by the engine's word (the event's own time), and when a picture showed it running with its process, by id; the clock is this machine's, ms. */
const told = new Map<string, number>();
const shown = new Map<string, number>();

let kernelCache: { readonly containers: readonly KnownContainer[]; readonly cache: KernelCache } | null = null;

async function prepareKernel(): Promise<{ readonly containers: readonly KnownContainer[]; readonly cache: KernelCache }> {
  const { containers } = await reader.snapshot('quick');
  // A session has one set of open files, and so has what is measured.
  readers?.close();
  const cache = newKernelCache();
  for (let n = 0; n < 3; n++) readKernel({ roots: ROOTS, containers, cache });
  return { containers, cache };
}

const verbs: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
  ready: async () => null,
  /** A full snapshot with nothing remembered but the connection. */
  cold: async () => {
    readers?.close();
    readers = machineReaders();
    const fresh = new Reader(door, { readers });
    let count = 0;
    const ms = await timed(async () => { count = (await fresh.snapshot('quick')).containers.length; });
    reader = fresh;
    return { ms, count };
  },
  /** The next one, with the containers known. */
  again: async () => ({ ms: await timed(() => reader.again('quick')) }),
  /** One pass over every process, namespace and limit, warm, as the kernel reader makes it between two whole ones. */
  pass: async () => {
    kernelCache ??= await prepareKernel();
    const { containers, cache } = kernelCache;
    return { ms: await timed(async () => readKernel({ roots: ROOTS, containers, cache, depth: 'processes' })), processes: cache.processes.procs.size };
  },
  /** CPU in % of a core while the kernel is polled at a rate as a session does, with all of it read again once in so many polls. */
  poll: async (everyMs: number, polls: number, perCheck: number) => {
    kernelCache ??= await prepareKernel();
    const { containers, cache } = kernelCache;
    const before = process.cpuUsage();
    const from = performance.now();
    for (let n = 1; n <= polls; n++) {
      await new Promise((wake) => setTimeout(wake, Math.max(0, from + n * everyMs - performance.now())));
      if (n % perCheck === 0) readKernel({ roots: ROOTS, containers, cache, depth: 'check' });
      else readMoving(cache);
    }
    const used = process.cpuUsage(before);
    return { percent: (used.user + used.system) / 10 / (performance.now() - from) };
  },
  watch: async () => {
    stayLean();
    session = new Session({ host, parts: STANDARD_PARTS, version: '0', shell: 'browser' });
    const live = session;
    await new Promise<void>((resolve) => {
      session?.subscribe((push) => {
        if (push.push === 'link' && push.link.state === 'live') resolve();
        if (push.push !== 'delta' && push.push !== 'picture') return;
        const now = Date.now();
        for (const c of live.picture?.snapshot.containers ?? []) if (c.state === 'running' && c.process !== null && !shown.has(c.id)) shown.set(c.id, now);
      });
      session?.start();
    });
    await openEvents(door, new AbortController().signal, (event) => {
      if (event.type === 'daemon' && event.action === 'reload') reloads += 1;
      if (event.action === 'start') told.set(event.id, Date.parse(event.at));
    }, () => undefined);
    return null;
  },
  /** Milliseconds from the event to the snapshot that showed the container, or null where it is not there yet. */
  latency: async (id: string) => {
    const [from, to] = [told.get(id), shown.get(id)];
    return from === undefined || to === undefined ? null : to - from;
  },
  /** Waits until the session has read everything again after so many reloads of the engine. */
  reloaded: async (times: number) => {
    while (reloads < times) await new Promise((wake) => setTimeout(wake, 20));
    // Events are gathered for half a second at most.
    await new Promise((wake) => setTimeout(wake, 600));
    while (session?.settled !== true) await new Promise((wake) => setTimeout(wake, 20));
    return null;
  },
  /** Waits until all that the session knows was read in depth, and nothing is owed. */
  settled: async () => {
    for (let calm = 0; calm < 10; calm = session?.settled === true ? calm + 1 : 0) await new Promise((wake) => setTimeout(wake, 100));
    return null;
  },
  unwatch: async () => {
    session?.close();
    session = null;
    return null;
  },
  /** Resident memory in MB, after garbage was collected where Node lets us. */
  rss: async () => {
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage.rss() / 2 ** 20;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...args] = JSON.parse(line) as [string, ...never[]];
  try {
    const verb = verbs[what];
    if (verb === undefined) throw new Error(`no such verb: ${what}`);
    process.stdout.write(`${JSON.stringify({ value: await verb(...args) })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`);
  }
}
process.exit(0);
