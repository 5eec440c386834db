import { readdirSync, statSync } from 'node:fs';
import type { FdbEntry, NetKey, Neighbour } from '../../../core/model/network.js';
import { known, unknown, type Reading } from '../../../core/model/reading.js';
import { parseArp } from '../../../core/parse/net-proc.js';
import type { WireMoving } from '../parts.js';
import { readBytes, whyNot } from './files.js';

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

interface Kept {
  readonly bytes: Buffer;
  readonly neighbours: Reading<readonly Neighbour[]>;
}

/**
 * Reads neighbour tables again and again, cheaply: a table whose bytes are the same as last time is not parsed,
 * and keeps its very object, so that a watcher can pass over it.
 */
export interface TableReader {
  /** The same as what moved since the last call, for a snapshot that goes on: absent tables are unchanged. */
  moving(tables: Tables): WireMoving;
  read(nets: readonly { readonly key: NetKey; readonly pid: number | null }[]): Tables;
}

/** A reader for `/proc/<pid>/net/arp` and the bridges' `brforward`, which anybody may read. */
export function readTables(roots: { readonly proc: string; readonly sys: string }): TableReader {
  const kept = new Map<string, Kept>();
  let ports = { at: 0, names: new Map<string, Map<number, string>>() };
  let lastFdb: { readonly bytes: string; readonly fdb: Reading<readonly FdbEntry[]> } | null = null;

  const table = (key: NetKey, pid: number | null): Table => {
    const path = `${roots.proc}/${pid ?? 'self'}/net/arp`;
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

  const bridges = (): Map<string, Map<number, string>> => {
    const now = Date.now();
    if (now - ports.at < 2_000) return ports.names;
    const names = new Map<string, Map<number, string>>();
    const net = `${roots.sys}/class/net`;
    for (const name of readdirSync(net)) {
      try {
        // Of hundreds of interfaces a few are bridges; an error for each of the others costs more than the question.
        if (statSync(`${net}/${name}/brif`, { throwIfNoEntry: false }) === undefined) continue;
        const byNumber = new Map<number, string>();
        for (const port of readdirSync(`${net}/${name}/brif`)) byNumber.set(Number(readBytes(`${net}/${name}/brif/${port}/port_no`).toString('latin1')), port);
        names.set(name, byNumber);
      } catch {
        // No bridge, or gone in between: it has no forwarding entries to tell of.
      }
    }
    ports = { at: now, names };
    return names;
  };

  const fdb = (): Reading<readonly FdbEntry[]> => {
    const source = `${roots.sys}/class/net/*/brforward`;
    try {
      const parts: { readonly bridge: string; readonly bytes: Buffer }[] = [];
      for (const bridge of bridges().keys()) {
        try {
          parts.push({ bridge, bytes: Buffer.from(readBytes(`${roots.sys}/class/net/${bridge}/brforward`)) });
        } catch {
          // A bridge that went since the list was made.
        }
      }
      const entries = parts.flatMap((p) => forwarding(p.bridge, p.bytes, ports.names.get(p.bridge) ?? new Map<number, string>()));
      const bytes = entries.map((e) => `${e.bridge} ${e.mac} ${e.port}`).join('\n');
      if (lastFdb !== null && lastFdb.bytes === bytes) return lastFdb.fdb;
      lastFdb = { bytes, fdb: known(entries, source) };
      return lastFdb.fdb;
    } catch (error) {
      return unknown(whyNot(error), source);
    }
  };

  let told = new Map<NetKey, Reading<readonly Neighbour[]>>();
  let toldFdb: Reading<readonly FdbEntry[]> | null = null;
  return {
    moving({ tables, fdb }) {
      const out = new Map<NetKey, { neighbours?: Reading<readonly Neighbour[]>; fdb?: Reading<readonly FdbEntry[]> }>();
      for (const t of tables) if (told.get(t.key) !== t.neighbours && 'value' in t.neighbours) out.set(t.key, { neighbours: t.neighbours });
      if (fdb !== toldFdb && 'value' in fdb) out.set('host', { ...out.get('host'), fdb });
      told = new Map(tables.map((t) => [t.key, t.neighbours]));
      toldFdb = fdb;
      return out;
    },
    read(nets) {
      const tables = nets.map((n) => table(n.key, n.pid));
      if (kept.size > 2 * nets.length + 16) for (const key of kept.keys()) if (!nets.some((n) => n.key === key)) kept.delete(key);
      return { tables, fdb: fdb() };
    },
  };
}

/** `struct __fdb_entry` of include/uapi/linux/if_bridge.h: 16 bytes each. */
function forwarding(bridge: string, bytes: Buffer, ports: ReadonlyMap<number, string>): FdbEntry[] {
  const out: FdbEntry[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const mac = [...bytes.subarray(at, at + 6)].map((b) => b.toString(16).padStart(2, '0')).join(':');
    const port = (bytes[at + 6] ?? 0) | ((bytes[at + 12] ?? 0) << 8);
    const name = ports.get(port);
    if (name !== undefined && bytes[at + 7] === 0) out.push({ mac, port: name, bridge, vlan: null, permanent: false });
  }
  return out;
}
