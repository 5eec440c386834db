import { readdirSync, statSync } from 'node:fs';
import type { FdbEntry } from '../../../core/model/network.js';
import { known, unknown, type Reading } from '../../../core/model/reading.js';
import { readBytes, whyNot } from './files.js';

/** `struct __fdb_entry` of include/uapi/linux/if_bridge.h. */
const RECORD = 16;
/** Bridges and the numbers of their ports are looked for again after this time. */
const BRIDGES_MS = 2_000;
/** A name that was no bridge is asked again after this time: of hundreds of interfaces a few are bridges. */
const NAMES_MS = 30_000;

/** Reads again and again what the host's bridges have learnt; an unchanged list is the very same object as before. */
export interface ForwardingReader {
  /** `due`: whether something may have been learnt since; where not, it is read again after 2 s all the same. */
  read(due?: boolean): Reading<readonly FdbEntry[]>;
}

/** A reader for `/sys/class/net/<bridge>/brforward`, which anybody may read; unknown where /sys is not the host net's own. */
export function readForwarding(sys: string): ForwardingReader {
  const net = `${sys}/class/net`;
  const source = `${net}/*/brforward`;
  /** Whether a name is a bridge's. */
  let names = new Map<string, boolean>();
  let namesAt = Number.NEGATIVE_INFINITY;
  let bridgesAt = Number.NEGATIVE_INFINITY;
  let bridges: readonly string[] = [];
  let ports = new Map<string, ReadonlyMap<number, string>>();
  let portsAt = Number.NEGATIVE_INFINITY;
  let seen = new Map<string, Buffer>();
  let last: Reading<readonly FdbEntry[]> | null = null;

  const findBridges = (now: number): void => {
    const before = now - namesAt > NAMES_MS ? undefined : names;
    if (before === undefined) namesAt = now;
    names = new Map(readdirSync(net).map((name) => [name, before?.get(name) ?? statSync(`${net}/${name}/brif`, { throwIfNoEntry: false }) !== undefined]));
    bridges = [...names].flatMap(([name, is]) => (is ? [name] : []));
    bridgesAt = now;
  };

  const findPorts = (now: number): void => {
    const all = new Map<string, ReadonlyMap<number, string>>();
    for (const bridge of bridges) {
      try {
        const numbers = readdirSync(`${net}/${bridge}/brif`).map((port) => [Number(readBytes(`${net}/${bridge}/brif/${port}/port_no`).toString('latin1')), port] as const);
        all.set(bridge, new Map(numbers));
      } catch {
        // Gone in between, or a port of it: it is looked at again soon.
        portsAt = Number.NEGATIVE_INFINITY;
      }
    }
    ports = all;
    portsAt = now;
  };

  const read = (now: number, due: boolean): Reading<readonly FdbEntry[]> => {
    if (!due && last !== null && now - bridgesAt <= BRIDGES_MS) return last;
    if (now - bridgesAt > BRIDGES_MS) findBridges(now);
    const learnt = new Map<string, Buffer>();
    let same = last !== null && 'value' in last;
    for (const bridge of bridges) {
      let records: Buffer;
      try {
        records = learntOf(readBytes(`${net}/${bridge}/brforward`, RECORD));
      } catch {
        // A bridge that went since the list was made.
        bridgesAt = Number.NEGATIVE_INFINITY;
        continue;
      }
      const before = seen.get(bridge);
      if (before?.equals(records) === true) learnt.set(bridge, before);
      else {
        same = false;
        learnt.set(bridge, records);
      }
    }
    if (same && last !== null && learnt.size === seen.size) return last;
    // What a number means matters only where something was learnt or forgotten: a port that goes takes its entries along.
    if (now - portsAt > BRIDGES_MS || [...learnt].some(([bridge, records]) => namesUnknown(records, ports.get(bridge)))) findPorts(now);
    seen = learnt;
    last = known([...learnt].flatMap(([bridge, records]) => entriesOf(bridge, records, ports.get(bridge) ?? new Map<number, string>())), source);
    return last;
  };

  return {
    read(due = true) {
      try {
        return read(Date.now(), due);
      } catch (error) {
        last = null;
        return unknown(whyNot(error), source);
      }
    },
  };
}

const COMPACT = 8;

/** The learnt entries, MAC and port of each: the bridge's own never lead astray, and their ages always differ. */
function learntOf(bytes: Buffer): Buffer {
  let count = 0;
  for (let at = 0; at + RECORD <= bytes.length; at += RECORD) if (bytes[at + 7] === 0) count += 1;
  const out = Buffer.allocUnsafe(count * COMPACT);
  let to = 0;
  for (let at = 0; at + RECORD <= bytes.length; at += RECORD) {
    if (bytes[at + 7] !== 0) continue;
    bytes.copy(out, to, at, at + 7);
    out[to + 7] = bytes[at + 12] ?? 0;
    to += COMPACT;
  }
  return out;
}

const portOf = (records: Buffer, at: number): number => (records[at + 6] ?? 0) | ((records[at + 7] ?? 0) << 8);

function namesUnknown(records: Buffer, ports: ReadonlyMap<number, string> | undefined): boolean {
  for (let at = 0; at < records.length; at += COMPACT) if (ports?.has(portOf(records, at)) !== true) return true;
  return false;
}

function entriesOf(bridge: string, records: Buffer, ports: ReadonlyMap<number, string>): FdbEntry[] {
  const out: FdbEntry[] = [];
  for (let at = 0; at < records.length; at += COMPACT) {
    const port = ports.get(portOf(records, at));
    const mac = records.toString('hex', at, at + 6).replace(/(..)(?!$)/g, '$1:');
    if (port !== undefined) out.push({ mac, port, bridge, vlan: null, permanent: false });
  }
  return out;
}
