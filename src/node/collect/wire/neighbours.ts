import type { NetKey, NetNamespace, Neighbour } from '../../../core/model/network.js';
import type { Reading } from '../../../core/model/reading.js';
import { parseNeighbourEvent, tellsForwarding, type NeighbourEvent } from '../../../core/parse/net-neigh-events.js';
import type { NetToRead } from '../parts.js';
import { listenToNeighbours, readSix, type Listen, type ReadSix } from './listen.js';
import type { Table } from './tables.js';

/**
 * The kernel's events of neighbours are heard by one child, so that hundreds of tables need not be read again and again.
 * An event is a hint, the table is the fact. IPv6 neighbours have no file under /proc: each event that tells something new
 * of a namespace has its table read. IPv4 tables are polled by whoever asks here which of them are due.
 */
export interface NeighbourWatch {
  /** Begins to listen, once; does nothing after `close`. */
  start(): void;
  /**
   * Takes what a reading of the wire, begun at `since` (ms), told: IPv6 tables, the host's numbers for namespaces, and
   * `mute`, the namespaces without any interface but `lo`, which have no neighbours.
   */
  learn(nets: readonly Pick<NetNamespace, 'key' | 'neighbours6'>[], numbers: ReadonlyMap<number, NetKey>, since: number, mute?: ReadonlySet<NetKey>): void;
  /**
   * Those whose IPv4 table may have changed since this was asked last: where an event told so, where none would be heard,
   * and by turns some of the others, so that nothing stays unseen for longer than `ROUND_MS` and the time between two calls.
   */
  due(nets: readonly NetToRead[]): readonly NetToRead[];
  /** Whether a bridge of the host may have learnt or forgotten since this was asked last: an event told so, or none would be heard. */
  dueForwarding(): boolean;
  /**
   * Whether an event would be heard of each of these that a container is in, as of the last `learn`. Those of other
   * runtimes that hang at nothing of the host's are no reason to poll: they are read whenever anything is.
   */
  hears(nets: readonly NetToRead[]): boolean;
  /** Has `moved` called whenever there is something to ask for: a table is due, one was read anew, or events are no longer heard. */
  onMoved(moved: () => void): void;
  /** The IPv6 tables as last read, of the namespaces that are there; those never read are missing. The very same list where nothing moved. */
  tables(nets: readonly NetToRead[]): readonly Table[];
  close(): void;
}

/** Each IPv4 table is read once in so many ms, whether it was heard of or not: a part of them at a time. */
export const ROUND_MS = 30_000;
const PARTS = 10;

/** One namespace is read at most this often, ms, and so many at a time, however many events come. */
export const READ_GAP = 250;
const AT_ONCE = 2;
/** After this time a listener is taken to listen, ms; what was read before may have missed something. */
export const LISTENS = 500;
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
const MOST_NUMBERS = 4_096;

interface Held {
  readonly neighbours: Reading<readonly Neighbour[]>;
  /** When the reading began. */
  readonly since: number;
}

export function watchNeighbours(proc: string, listen: Listen = listenToNeighbours, read: ReadSix = readSix(proc)): NeighbourWatch {
  const held = new Map<NetKey, Held>();
  const learnt = new Map<NetKey, Reading<readonly Neighbour[]>>();
  let pids = new Map<NetKey, number | null>();
  let keys: ReadonlyMap<number, NetKey> = new Map();
  /** Numbers that were heard since they were last learnt: who has them may have been another then. */
  const heard = new Set<number>();
  const heardAt = new Map<NetKey, number>();
  /** Namespaces whose IPv4 table an event spoke of; `all` where events may have been missed. */
  const due4 = new Set<NetKey>();
  let hears: ReadonlySet<NetKey> = new Set();
  let mute: ReadonlySet<NetKey> = new Set();
  let all4 = true;
  let learntMacs = true;
  let part = 0;
  let partAt = Number.NEGATIVE_INFINITY;
  let moved: () => void = () => undefined;
  /** Those of a list whose events are not heard. */
  let deaf: { readonly nets: readonly NetToRead[]; readonly hears: ReadonlySet<NetKey>; readonly mute: ReadonlySet<NetKey>; readonly which: readonly NetToRead[] } | undefined;
  /** What was answered last, until something is read anew. */
  let told: { readonly nets: readonly NetToRead[]; readonly tables: readonly Table[] } | undefined;
  const dirty = new Set<NetKey>();
  const busy = new Set<NetKey>();
  const lastRead = new Map<NetKey, number>();
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let listener: ReturnType<Listen> | null = null;
  let listensSince = Number.POSITIVE_INFINITY;
  let short = 0;
  let closed = false;

  const put = (key: NetKey, neighbours: Reading<readonly Neighbour[]>, since: number): void => {
    const before = held.get(key)?.neighbours;
    told = undefined;
    // The same table stays the same object, so that a watcher can pass over it.
    const same = before !== undefined && alike(before, neighbours);
    held.set(key, { neighbours: same ? before : neighbours, since });
    if (!same) moved();
  };

  const deafOf = (nets: readonly NetToRead[]): readonly NetToRead[] => {
    if (deaf?.nets !== nets || deaf.hears !== hears || deaf.mute !== mute) deaf = { nets, hears, mute, which: nets.filter((n) => !hears.has(n.key) && !mute.has(n.key) && (n.key !== 'host' || n.pid !== null)) };
    return deaf.which;
  };
  const listens = (): boolean => listensSince !== Number.POSITIVE_INFINITY;

  const pump = (): void => {
    clearTimeout(timer);
    let soonest = Number.POSITIVE_INFINITY;
    for (const key of dirty) {
      if (closed || busy.size >= AT_ONCE) return;
      const pid = pids.get(key);
      if (pid === undefined || busy.has(key)) continue;
      const now = Date.now();
      const wait = (lastRead.get(key) ?? 0) + READ_GAP - now;
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
        continue;
      }
      dirty.delete(key);
      busy.add(key);
      lastRead.set(key, now);
      void read(key, pid).then((neighbours) => {
        busy.delete(key);
        if (neighbours !== null && pids.has(key)) put(key, neighbours, now);
        pump();
      });
    }
    if (soonest !== Number.POSITIVE_INFINITY) timer = setTimeout(pump, soonest).unref();
  };

  const hear = (event: NeighbourEvent): void => {
    if (event.ip.startsWith('ff')) return;
    if (event.nsid !== 'own' && heard.size < MOST_NUMBERS) heard.add(event.nsid);
    const key = event.nsid === 'own' ? 'host' : keys.get(event.nsid);
    if (key === undefined) return;
    if (!event.ip.includes(':')) {
      due4.add(key);
      return moved();
    }
    const table = held.get(key)?.neighbours;
    if (!busy.has(key) && table !== undefined && 'value' in table && says(table.value, event)) return;
    heardAt.set(key, Date.now());
    dirty.add(key);
    pump();
  };

  const readAgain = (before: number): void => {
    all4 = true;
    learntMacs = true;
    for (const [key, one] of held) if (one.since <= before) dirty.add(key);
    pump();
    moved();
  };

  const run = (): void => {
    const begun = Date.now();
    const listening = setTimeout(() => {
      listensSince = begun + LISTENS;
      readAgain(listensSince);
    }, LISTENS).unref();
    listener = listen({
      onLine: (line) => {
        if (closed) return;
        const event = parseNeighbourEvent(line);
        if (event !== null) return hear(event);
        if (!tellsForwarding(line)) return;
        learntMacs = true;
        moved();
      },
      onLost: () => readAgain(Date.now()),
      onEnd: () => {
        clearTimeout(listening);
        listensSince = Number.POSITIVE_INFINITY;
        if (closed) return;
        moved();
        short = Date.now() - begun < LONGEST_WAIT ? short + 1 : 1;
        again = setTimeout(run, Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** (short - 1))).unref();
      },
    });
  };

  return {
    start() {
      if (closed || listener !== null) return;
      run();
    },
    learn(nets, numbers, since, without = new Set()) {
      for (const number of heard) {
        const key = numbers.get(number);
        if (key !== undefined && key !== keys.get(number)) dirty.add(key);
      }
      heard.clear();
      for (const [number, key] of numbers) if (keys.get(number) !== key) due4.add(key);
      keys = numbers;
      hears = new Set(numbers.values());
      mute = without;
      for (const { key, neighbours6 } of nets) {
        if (!('value' in neighbours6) || learnt.get(key) === neighbours6) continue;
        learnt.set(key, neighbours6);
        // A reading that an event overtook may be older than it.
        if ((heardAt.get(key) ?? 0) >= since || busy.has(key)) dirty.add(key);
        else put(key, neighbours6, since);
      }
      if (listener !== null) pump();
    },
    due(nets) {
      const unheard = new Set(deafOf(nets));
      const now = Date.now();
      const turn = now - partAt >= ROUND_MS / PARTS;
      if (turn) [part, partAt] = [(part + 1) % PARTS, now];
      const which = all4 || !listens() ? nets : turn || due4.size > 0 ? nets.filter((n, at) => (turn && at % PARTS === part) || due4.has(n.key) || unheard.has(n)) : [...unheard];
      all4 = false;
      due4.clear();
      return which;
    },
    dueForwarding() {
      const due = learntMacs || !listens();
      learntMacs = false;
      return due;
    },
    hears: (nets) => listens() && deafOf(nets).every((n) => n.of.every((id) => id.startsWith('group:'))),
    onMoved(told) {
      moved = told;
    },
    tables(nets) {
      if (listener !== null && dirty.size > 0) pump();
      if (told?.nets === nets) return told.tables;
      pids = new Map(nets.map((n) => [n.key, n.key === 'host' ? null : n.pid]));
      if (!pids.has('host')) pids.set('host', null);
      for (const kept of [held, learnt, heardAt, lastRead, dirty]) for (const key of kept.keys()) if (!pids.has(key)) kept.delete(key);
      if (listener !== null && dirty.size > 0) pump();
      const tables = nets.flatMap(({ key }) => {
        const one = held.get(key);
        return one === undefined ? [] : [{ key, neighbours: one.neighbours }];
      });
      told = { nets, tables };
      return tables;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearTimeout(again);
      listener?.stop();
    },
  };
}

/** Whether a table already has what an event tells. */
function says(table: readonly Neighbour[], { ip, mac }: NeighbourEvent): boolean {
  const entries = table.filter((n) => n.ip === ip);
  return mac === null ? entries.length === 0 : entries.length === 1 && entries[0]?.mac === mac;
}

function alike(a: Reading<readonly Neighbour[]>, b: Reading<readonly Neighbour[]>): boolean {
  if (!('value' in a) || !('value' in b)) return 'unknown' in a && 'unknown' in b && a.unknown === b.unknown;
  return a.value.length === b.value.length && a.value.every((n, i) => n.ip === b.value[i]?.ip && n.mac === b.value[i].mac && n.dev === b.value[i].dev);
}
