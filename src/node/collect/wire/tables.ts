import type { FdbEntry, NetKey, Neighbour } from '../../../core/model/network.js';
import { known, unknown, type Reading } from '../../../core/model/reading.js';
import { parseArp } from '../../../core/parse/net-proc.js';
import { readBytes, whyNot } from './files.js';
import { readForwarding } from './forwarding.js';

/** A line of /proc/net/arp has some 80 bytes: an interface's name is no longer than 15. */
const ARP_RECORD = 256;

/** One neighbour table as it stands now. */
export interface Table {
  readonly key: NetKey;
  readonly neighbours: Reading<readonly Neighbour[]>;
}

export interface Tables {
  readonly tables: readonly Table[];
  /** Forwarding entries of the host's bridges; unknown where /sys is not the host net's own. */
  readonly fdb: Reading<readonly FdbEntry[]>;
}

/** A net namespace and a process that is in it; null for this process's own. */
interface Seat {
  readonly key: NetKey;
  readonly pid: number | null;
}

interface Kept {
  readonly bytes: Buffer;
  readonly neighbours: Reading<readonly Neighbour[]>;
}

/**
 * Reads neighbour tables again and again, cheaply: a table whose bytes are the same as last time is not parsed,
 * and keeps its very object, so that a watcher can pass over it.
 */
export interface TableReader {
  /**
   * All of them; where it is said which are `due`, the others are taken to be as they were, if they were ever read, and so
   * is what bridges have learnt unless `dueForwarding`. The very same answer comes again for the same list where nothing moved.
   */
  read(nets: readonly Seat[], due?: readonly Seat[], dueForwarding?: boolean): Tables;
  /** Only these; of the others nothing is forgotten. */
  of(nets: readonly Seat[]): readonly Table[];
}

/** A reader for `/proc/<pid>/net/arp` and the bridges' `brforward`, which anybody may read. */
export function readTables(roots: { readonly proc: string; readonly sys: string }): TableReader {
  const kept = new Map<string, Kept>();
  const fdb = readForwarding(roots.sys);
  let last: { readonly nets: readonly Seat[]; readonly tables: Tables } | undefined;

  const pathOf = (pid: number | null): string => `${roots.proc}/${pid ?? 'self'}/net/arp`;
  const table = (key: NetKey, pid: number | null): Table => {
    const path = pathOf(pid);
    try {
      const bytes = readBytes(path, ARP_RECORD);
      const before = kept.get(key);
      if (before !== undefined && before.neighbours.source === path && before.bytes.equals(bytes)) return { key, neighbours: before.neighbours };
      const neighbours = known(parseArp(bytes.toString('latin1')), path);
      kept.set(key, { bytes: Buffer.from(bytes), neighbours });
      return { key, neighbours };
    } catch (error) {
      kept.delete(key);
      return { key, neighbours: unknown(whyNot(error), path) };
    }
  };

  return {
    of: (nets) => nets.map((n) => table(n.key, n.pid)),
    read(nets, due = nets, dueForwarding = true) {
      const forwarding = fdb.read(dueForwarding);
      let moved = last?.nets !== nets || last.tables.fdb !== forwarding;
      const read = new Map<NetKey, Table>();
      for (const n of due) {
        const before = kept.get(n.key)?.neighbours;
        const now = table(n.key, n.pid);
        moved ||= now.neighbours !== before;
        read.set(n.key, now);
      }
      if (!moved && last !== undefined) return last.tables;
      const tables = nets.map((n) => {
        const before = kept.get(n.key)?.neighbours;
        return read.get(n.key) ?? (before?.source === pathOf(n.pid) ? { key: n.key, neighbours: before } : table(n.key, n.pid));
      });
      if (kept.size > 2 * nets.length + 16) for (const key of kept.keys()) if (!nets.some((n) => n.key === key)) kept.delete(key);
      last = { nets, tables: { tables, fdb: forwarding } };
      return last.tables;
    },
  };
}
