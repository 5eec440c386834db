import { isKnown, known, unknown, valueOf, type Reading } from '../model/reading.js';
import type { NetNamespace, OpenSocket } from '../model/network.js';
import type { Snapshot } from '../model/snapshot.js';
import { answer, strongest, type Answer } from './answer.js';
import type { Step } from './types.js';

/** What sends any frame, any but for the sender's MAC, or any IPv6 message. */
export type Sends = 'packet' | 'datagram' | 'raw6';

const NAMES: Readonly<Record<OpenSocket['kind'], string>> = { packet: 'packet socket', datagram: 'packet socket', raw6: 'raw IPv6 socket', xdp: 'XDP socket' };
const FITS: Readonly<Record<Sends, readonly OpenSocket['kind'][]>> = { packet: ['packet', 'xdp'], datagram: ['datagram'], raw6: ['raw6'] };
const WHY = 'Rights were asked for when it was opened; whoever holds it sends, without any (packet(7)).';

const step = (text: string, holds: Step['holds'], reading: Reading<unknown>): (() => readonly Step[]) => () => [{ link: 'send', step: text, holds, reading, why: WHY }];

/** The short word of who sends by what is open already. */
export const OPEN = (kind: OpenSocket['kind']): string => `open ${NAMES[kind]}`;

function one(id: string, s: OpenSocket): Answer {
  const name = NAMES[s.kind];
  const socket = s.inode === null ? name : `socket:[${s.inode}]`;
  const by = valueOf(s.holders);
  const mine = by?.find((h) => h.id === id);
  if (mine !== undefined) return answer('open', OPEN(s.kind), step(`pid ${mine.pid} holds a ${name} open`, 'yes', known(socket, s.holders.source)));
  if (by !== undefined && by.length > 0) return answer('shut', `no ${name} is open`, step(`it holds a ${name} open`, 'no', known(`${socket} is held by ${by.map((h) => `pid ${h.pid}`).join(', ')}`, s.holders.source)));
  const unless = by === undefined ? `the ${name} that is open in its net namespace is another’s (who holds it was not read)` : `the ${name} that is open in its net namespace is another’s (nobody was found who holds it)`;
  return answer('open', OPEN(s.kind), step(`it holds a ${name} open`, 'unknown', by === undefined ? s.holders : unknown('absent', s.holders.source)), [unless]);
}

/** Whether a workload can send by what its processes opened, or were given, before they lost the right to open it. */
export function holdsOpen(id: string, net: NetNamespace | undefined, what: Sends): Answer {
  const sockets = net?.sockets ?? unknown('not-asked', '/proc/<pid>/net/protocols');
  if (!isKnown(sockets)) return answer('unknown', 'whether it holds an open packet socket was not read', step(`it holds a ${NAMES[what]} open`, 'unknown', sockets));
  const none = answer('shut', `no ${NAMES[what]} is open`, step(`it holds a ${NAMES[what]} open`, 'no', known('none is open', sockets.source)));
  return strongest(sockets.value.filter((s) => FITS[what].includes(s.kind)).map((s) => one(id, s))) ?? none;
}

/** Net namespaces in which a workload holds sockets that send, by its id: where it was found. */
export function netsOfHolders(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const n of snapshot.nets) {
    const holders = (n.sockets === undefined ? undefined : valueOf(n.sockets))?.flatMap((s) => valueOf(s.holders)?.map((h) => h.id) ?? []) ?? [];
    for (const id of new Set(holders)) out.set(id, [...(out.get(id) ?? []), n.key]);
  }
  return out;
}

/** All of a namespace's open sockets that answers depend on, short. */
export function socketKey(id: string, net: NetNamespace | undefined): string {
  const sockets = net?.sockets;
  if (sockets === undefined || !isKnown(sockets)) return '?';
  return sockets.value.map((s) => `${s.kind}${valueOf(s.holders) === undefined ? '?' : valueOf(s.holders)?.some((h) => h.id === id) === true ? '+' : (valueOf(s.holders)?.length ?? 0) > 0 ? '-' : '0'}`).join();
}
