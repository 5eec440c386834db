import { existsSync } from 'node:fs';
import { readAhead } from './kernel/ahead.js';
import { readFirst } from './kernel/first.js';
import { closeKernelCache, learn, newKernelCache, readKernel, readMoving, type KernelCache } from './kernel/index.js';
import { readAllPrograms } from './kernel/programs.js';
import type { KernelReaders, Roots, Tables, WireRead } from './parts.js';
import { askHostLinks, numbersOf, readTables, readWire } from './wire/index.js';
import { watchNeighbours, type NeighbourWatch } from './wire/neighbours.js';

export const ROOTS: Roots = { proc: '/proc', sys: '/sys' };

/** Owners and parents of namespaces are asked for again when so much time has passed: it takes a child. */
const LEARN_EVERY_MS = 120_000;

/** Every process that the last pass saw, with its workload. */
function peopleOf({ last }: KernelCache): ReadonlyMap<number, string> {
  return new Map([...(last?.procs.values() ?? [])].filter((p) => !p.status.kernelThread).map((p) => [p.pid, last?.people.workloadOf.get(p.pid) ?? 'host']));
}

/** Net namespaces without a process that the last pass saw, with a file that holds each. */
function heldNets({ last }: KernelCache): ReadonlyMap<string, string> {
  return new Map((last?.namespaces ?? []).flatMap((n) => (n.type === 'net' && n.members.length === 0 && n.heldBy[0] !== undefined ? [[`net:${n.inode}`, n.heldBy[0]] as const] : [])));
}

/** Namespaces that were read and have no interface but `lo`. */
function mutesOf({ nets, interfaces }: WireRead): ReadonlySet<string> {
  const some = new Set(interfaces.flatMap((i) => (i.name === 'lo' ? [] : [i.net])));
  const read = new Set(interfaces.map((i) => i.net));
  return new Set(nets.flatMap(({ key }) => (read.has(key) && !some.has(key) ? [key] : [])));
}

/** `proved`: whether the kernel is known to be the engine's. */
function hearing(heard: NeighbourWatch, proved: () => boolean): Required<Pick<KernelReaders, 'hears' | 'onMoved'>> {
  return {
    hears: (nets) => proved() && heard.hears(nets),
    onMoved(moved) {
      heard.onMoved(moved);
      // Before the tables are read in depth: what is read while nobody listens must be read again.
      if (proved()) heard.start();
    },
  };
}

/**
 * Reads this machine's kernel with the rights of this process; null where there is none of Linux's.
 * `local`: the engine is reached by a socket of this machine.
 */
export function machineReaders(roots: Roots = ROOTS, local = true): KernelReaders | null {
  if (!existsSync(`${roots.proc}/self/status`)) return null;
  let cache = newKernelCache();
  let lastWire: WireRead | undefined;
  let tables = readTables(roots);
  let lastTables: { readonly four: Tables; readonly all: Tables } | undefined;
  let learned = 0;
  const heard = process.getuid?.() === 0 ? watchNeighbours(roots.proc) : null;
  let proved = false;
  let hostLinks: ReturnType<typeof askHostLinks> | undefined;
  let begun: Promise<void> | undefined;
  return {
    begin(depth, known) {
      if (depth === 'quick' && !known) hostLinks = askHostLinks(roots.proc);
      if (!local) return;
      const of = cache;
      begun = readAhead(roots, of, () => cache === of, known ? 'known' : 'full').then((ahead) => {
        if (cache === of) of.ahead = ahead;
        // Whoever closed it has closed what was open then.
        else closeKernelCache(of);
      });
    },
    async kernel(containers, touched, depth) {
      await begun;
      begun = undefined;
      const whole = depth === 'full' || depth === 'check';
      if (whole && Date.now() - learned > LEARN_EVERY_MS) {
        learned = Date.now();
        await learn(cache, roots);
      }
      return readKernel({ roots, containers, cache, local, brief: !whole, ...(touched === null ? { depth: depth === 'check' ? depth : ('full' as const) } : { depth: depth === 'touched' ? ('touched' as const) : ('known' as const), again: touched }) });
    },
    first: (container, all) => readFirst(roots, cache, container, all),
    moving: () => readMoving(cache),
    async wire(input, touched, depth, most) {
      const since = Date.now();
      // Tables are polled all the time; after an event only those that it touched are read.
      const last = depth === 'touched' && touched !== null ? lastWire : undefined;
      const neighbours = new Map((last?.nets ?? []).map((net) => [net.key, net.neighbours]));
      for (const table of tables.of(input.nets.filter(({ key }) => !neighbours.has(key) || touched?.has(key) !== false))) neighbours.set(table.key, table.neighbours);
      const links = hostLinks;
      hostLinks = undefined;
      lastWire = await readWire({ roots, ...input, depth, most, neighbours, hostLinks: links, people: () => peopleOf(cache), held: () => heldNets(cache), ...(touched === null ? {} : { previous: lastWire, touched }) });
      proved = input.proof.kind === 'proved';
      if (proved) heard?.learn(lastWire.nets, numbersOf(lastWire), since, mutesOf(lastWire));
      return lastWire;
    },
    tables(nets) {
      if (heard === null || !proved) return tables.read(nets);
      heard.start();
      const four = tables.read(nets, heard.due(nets), heard.dueForwarding());
      const tables6 = heard.tables(nets);
      if (lastTables?.four !== four || lastTables.all.tables6 !== tables6) lastTables = { four, all: { ...four, tables6 } };
      return lastTables.all;
    },
    ...(heard === null ? {} : hearing(heard, () => proved)),
    programs: (which) => readAllPrograms(roots.proc, which),
    forget() {
      closeKernelCache(cache);
      cache = newKernelCache();
      lastWire = undefined;
      tables = readTables(roots);
      learned = 0;
    },
    close() {
      closeKernelCache(cache);
      cache = newKernelCache();
      heard?.close();
    },
  };
}
