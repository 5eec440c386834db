import { readdirSync, readlinkSync } from 'node:fs';
import { known, unknown, type Reading } from '../../../core/model/reading.js';
import type { NetKey, OpenSocket } from '../../../core/model/network.js';
import { parsePackets, parseProtocols, parseRaw6, type ListedSocket } from '../../../core/parse/net-open.js';
import { readFile, whyNot } from './files.js';

/** Sockets of one namespace as the kernel lists them, before anybody is asked who holds them. */
export type Listed = Reading<readonly Omit<OpenSocket, 'holders'>[]>;

/** A packet socket of this type has its header made by the kernel. */
const SOCK_DGRAM = 2;

/** Where the kernel has no such protocol there is no such file, and no such socket. */
function list(path: string, parse: (text: string) => readonly ListedSocket[], kind: 'packet' | 'raw6'): Listed {
  const read = readFile(path, parse);
  return 'value' in read ? known(read.value.map(({ inode, type, protocol }) => ({ kind: kind === 'packet' && type === SOCK_DGRAM ? 'datagram' : kind, inode, protocol })), path) : read;
}

/** Reads what is open in a namespace (`dir`: a `/proc/<pid>/net`): one file, and another for each kind of which there is one. */
export function readListed(dir: string): Listed {
  const counts = readFile(`${dir}/protocols`, parseProtocols);
  if (!('value' in counts)) return counts;
  if (counts.value === null) return unknown('unsupported', counts.source);
  const many = (name: string): number => counts.value?.get(name) ?? 0;
  const out: Omit<OpenSocket, 'holders'>[] = [];
  for (const [name, file, parse, kind] of [['PACKET', 'packet', parsePackets, 'packet'], ['RAWv6', 'raw6', parseRaw6, 'raw6']] as const) {
    if (many(name) === 0) continue;
    const some = list(`${dir}/${file}`, parse, kind);
    if (!('value' in some)) return some;
    out.push(...some.value);
  }
  if (many('XDP') > 0) out.push({ kind: 'xdp', inode: null, protocol: 0 });
  return known(out, out.length === 0 ? counts.source : `${dir}/{packet,raw6,protocols}`);
}

type Holders = OpenSocket['holders'];

/** Which of some sockets a process has open. Throws as readdirSync does. */
function opened(fds: string, wanted: ReadonlySet<number>): readonly number[] {
  const out: number[] = [];
  for (const fd of readdirSync(fds)) {
    let to: string;
    try {
      to = readlinkSync(`${fds}/${fd}`);
    } catch {
      continue;
    }
    const inode = to.startsWith('socket:[') ? Number(to.slice(8, -1)) : 0;
    if (wanted.has(inode)) out.push(inode);
  }
  return out;
}

/**
 * Who holds which of some sockets: `people` are all processes by pid, with the id of their workload or `host`. Processes of
 * the host itself are looked at only for `everywhere`, sockets of a namespace that a workload is in, where no workload has one.
 */
function holdersOf(proc: string, wanted: ReadonlySet<number>, everywhere: ReadonlySet<number>, people: ReadonlyMap<number, string>): (inode: number) => Holders {
  const source = `${proc}/<pid>/fd`;
  const found = new Map<number, Map<string, number>>();
  let denied = false;
  const look = (pid: number, id: string, which: ReadonlySet<number>): void => {
    try {
      for (const inode of opened(`${proc}/${pid}/fd`, which)) {
        const by = found.get(inode) ?? new Map<string, number>();
        found.set(inode, by);
        if (!by.has(id)) by.set(id, pid);
      }
    } catch (error) {
      denied ||= whyNot(error) === 'denied';
    }
  };
  for (const [pid, id] of people) if (id !== 'host') look(pid, id, wanted);
  const left = new Set([...everywhere].filter((inode) => !found.has(inode)));
  if (left.size > 0 && !denied) for (const [pid, id] of people) if (id === 'host') look(pid, id, left);
  return (inode) => (denied ? unknown('denied', source) : known([...(found.get(inode) ?? [])].map(([id, pid]) => ({ id, pid })), source));
}

/** The same sockets with who holds them; `people` undefined: nobody knows which process is whose. `lived`: whether a workload is in a namespace. */
export function withHolders(proc: string, all: ReadonlyMap<NetKey, Listed>, people: ReadonlyMap<number, string> | undefined, lived: (key: NetKey) => boolean): ReadonlyMap<NetKey, Reading<readonly OpenSocket[]>> {
  const inodes = (of: (key: NetKey) => boolean): ReadonlySet<number> =>
    new Set([...all].flatMap(([key, listed]) => ('value' in listed && of(key) ? listed.value.flatMap((s) => s.inode ?? []) : [])));
  const wanted = inodes(() => true);
  const asked = wanted.size === 0 || people === undefined ? () => unknown('not-asked', `${proc}/<pid>/fd`) : holdersOf(proc, wanted, inodes(lived), people);
  return new Map(
    [...all].map(([key, listed]) => [
      key,
      'value' in listed ? known(oneOfEach(listed.value.map((s) => ({ ...s, holders: s.inode === null ? unknown('unsupported', `${proc}/<pid>/fd`) : asked(s.inode) }))), listed.source) : listed,
    ]),
  );
}

/** Who holds a thousand sockets of a kind can do what the holder of one can. */
function oneOfEach(all: readonly OpenSocket[]): readonly OpenSocket[] {
  return [...new Map(all.map((s) => [JSON.stringify([s.kind, 'value' in s.holders ? s.holders.value.map((h) => h.id) : s.holders.unknown]), s])).values()];
}
