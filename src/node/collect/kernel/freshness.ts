import type { CgroupFacts } from '../../../core/model/index.js';
import type { KernelInput } from './cache.js';
import type { Place } from './cgroup-files.js';
import type { CgroupReader } from './cgroups.js';
import { devicesElsewhere, readDevices } from './devices.js';
import type { Sleepers } from './sleepers.js';
import type { KernelFacts, KnownContainer, Proc } from './types.js';

/** What is set once in a cgroup, and the tree itself, is read again after this time, or where the engine told of a change. */
const SETTLED_MS = 120_000;

/** What of an earlier pass is good enough for this one. */
export interface Freshness {
  /** Whether also that is read again which hardly ever changes. */
  readonly settle: boolean;
  /** Whether mounts and devices of a workload are taken over. */
  readonly reuse: (id: string) => boolean;
  readonly cgroup: (reader: CgroupReader, place: Place, id: string, declared: KnownContainer['declared'] | undefined) => CgroupFacts;
  readonly devices: (id: string, main: Proc) => KernelFacts['devices'];
}

export function freshness({ cache, depth = 'full', again, brief = false }: KernelInput, asleep: Sleepers | undefined): Freshness {
  const now = Date.now();
  const settle = depth !== 'known' && depth !== 'touched' && now - cache.settledAt > SETTLED_MS;
  if (settle) cache.settledAt = now;
  const before = new Map(cache.nodes.map((one) => [one.id, one]));
  const touched = (id: string) => again?.has(id) === true;
  const sleeps = (id: string) => asleep?.sleeping.has(id) === true && !touched(id);
  const reuse = (id: string) => sleeps(id) || (depth !== 'full' && depth !== 'check' && !touched(id));
  const what = { limits: depth !== 'known', use: depth !== 'processes', pressure: depth === 'full' || depth === 'check' };
  // A container has its turn, the rest its time.
  const settles = (id: string) => asleep?.due.has(id) === true || (settle && !sleeps(id));
  return {
    settle,
    reuse,
    cgroup: (reader, place, id, declared) => {
      const last = before.get(place.path);
      const known = last !== undefined && last.of === (id === '' ? null : id) && last.facts.path.source === place.source;
      const owed = !brief && cache.brief.delete(place.path);
      if (!known || owed || settles(id) || touched(id)) {
        if (brief) cache.brief.add(place.path);
        // What was told in full is not taken back: the limits may be others now, the rest follows.
        return brief && known ? reader.again(last.facts, place, { limits: true, use: true, pressure: false }) : reader.facts(place, declared, brief);
      }
      // Of cgroups that are nobody's, polling reads those that lie above a workload's.
      if (depth === 'touched' || (depth === 'known' && id === '')) return last.facts;
      if (sleeps(id)) return reader.again(last.facts, place, { limits: false, use: true, pressure: !calmOfLate(last.facts) });
      return reader.again(last.facts, place, what);
    },
    devices: (id, main) => {
      const last = cache.devices.get(id);
      const same = last?.inode === main.inode;
      // Where a node is found rarely is looked at now and then, and not for a first picture.
      const everywhere = !brief && !id.startsWith('group:') && (!same || now - last.everywhereAt > SETTLED_MS);
      if (same && reuse(id) && !everywhere) return last.devices;
      const elsewhere = everywhere ? devicesElsewhere(main) : same ? last.elsewhere : [];
      const devices = readDevices(main, elsewhere);
      const kept = same && sameList(last.devices, devices) ? last.devices : devices;
      cache.devices.set(id, { inode: main.inode, devices: kept, elsewhere, everywhereAt: everywhere ? now : same ? last.everywhereAt : 0 });
      return kept;
    },
  };
}

/** Whether no pressure of the last minute has to fall yet. */
function calmOfLate({ memory, cpu, io }: CgroupFacts): boolean {
  return [memory.pressure, cpu.pressure, io.pressure].every((one) => ('value' in one ? one.value.some10 === 0 && one.value.some60 === 0 && one.value.full10 === 0 : one.unknown === 'absent'));
}

function sameList(a: KernelFacts['devices'], b: KernelFacts['devices']): boolean {
  return 'value' in a && 'value' in b && a.value.length === b.value.length && a.value.every((one, i) => one === b.value[i]);
}
