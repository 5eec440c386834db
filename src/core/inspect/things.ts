import { hostPaths } from '../facts/mounts.js';
import { listOf } from '../facts/units.js';
import { shares, sharing } from '../facts/shares.js';
import { standing } from '../facts/standing.js';
import { WALL_TITLES, type Wall } from '../facts/walls/index.js';
import { isKnown } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import { fact, section, words, type Card, type Row, type RowState, type Section } from './row.js';

const WALL_STATE: Readonly<Record<Wall['state'], RowState>> = { stands: 'fine', thinned: 'none', unknown: 'unknown', 'open-as-shipped': 'mind', 'open-by-choice': 'risk' };
const WALL_WORDS: Readonly<Record<Wall['state'], string>> = { stands: 'stands', thinned: 'thinned', unknown: '? unknown', 'open-as-shipped': 'open, as shipped', 'open-by-choice': 'open by choice' };

function wallTitle(wall: Wall, s: Snapshot): string {
  if (wall.name !== 'lsm') return WALL_TITLES[wall.name];
  const { lsms } = s.host;
  if (isKnown(lsms) && lsms.value.includes('apparmor')) return 'AppArmor';
  return isKnown(lsms) && lsms.value.includes('selinux') ? 'SELinux' : 'LSM';
}

/** The sentence about what stands between it and the host. */
export function wallsCard(w: Workload, s: Snapshot): Card {
  const all = standing(w, s);
  const worst = [...all.walls].sort((a, b) => Number(b.drift !== null) - Number(a.drift !== null) || rank(b) - rank(a))[0];
  const heading = all.words.charAt(0).toUpperCase() + all.words.slice(1);
  return { state: all.state, heading, text: worst === undefined || all.state === 'fine' ? 'Each wall that it can have stands.' : worst.sentence, pair: null };
}

function rank(wall: Wall): number {
  return ['stands', 'thinned', 'open-as-shipped', 'unknown', 'open-by-choice'].indexOf(wall.state);
}

export function wallsSection(w: Workload, s: Snapshot): readonly Section[] {
  const { state, walls } = standing(w, s);
  // A wall that is open by choice is as grave as what it adds up to, as in the picture.
  const grave = (wall: Wall): RowState => (wall.state === 'open-by-choice' && state !== 'risk' ? 'mind' : WALL_STATE[wall.state]);
  const rows = walls.map((wall): Row => {
    const reading = wall.readings[0];
    const pid = wall.pid === null ? '' : ` (pid ${wall.pid})`;
    const value = `${WALL_WORDS[wall.state]}${wall.short === '' ? '' : `: ${wall.short}`}${pid}`;
    return { row: 'fact', name: wallTitle(wall, s), value, source: reading?.source ?? '', state: grave(wall), note: wall.drift === null ? wall.sentence : `declared ${wall.drift}. ${wall.sentence}` };
  });
  return section('walls', 'Walls to the host', rows);
}

/** Where the kernel contradicts the declaration. */
export function driftSection(w: Workload, s: Snapshot): readonly Section[] {
  const rows = standing(w, s).walls.filter((wall) => wall.drift !== null).map((wall): Row => ({
    row: 'fact', name: wallTitle(wall, s), value: wall.short === '' ? WALL_WORDS[wall.state] : wall.short, source: wall.readings[0]?.source ?? '', state: 'risk', note: `declared ${wall.drift ?? ''}`,
  }));
  return section('drift', 'The kernel says, the engine declared', rows);
}

/** The sentence about what it shares. */
export function sharesCard(id: string, s: Snapshot): Card {
  const all = shares(id, sharing(s));
  const hosts = all.filter((share) => share.state === 'host');
  const shared = all.filter((share) => share.state === 'shared');
  const unread = all.filter((share) => share.state === 'unknown');
  if (hosts.length > 0) {
    const worst = hosts.find((share) => share.kind === 'pid') ?? hosts.find((share) => share.kind === 'net') ?? hosts[0];
    return { state: 'risk', heading: `In the host’s ${listOf(hosts.map((share) => share.kind))}`, text: worst?.sentence ?? '', pair: null };
  }
  if (shared.length > 0) return { state: 'mind', heading: `Shares ${listOf(shared.map((share) => share.kind))} with ${listOf([...new Set(shared.flatMap((share) => share.with))], 3)}`, text: shared[0]?.sentence ?? '', pair: null };
  if (unread.length > 0) return { state: 'unknown', heading: 'What it shares is unknown', text: `${unread.length} of 8 namespaces could not be read.`, pair: null };
  return { state: 'fine', heading: 'Alone in its namespaces', text: 'It shares none but those that every container here shares with the host.', pair: null };
}

const SHARE_STATE = { host: 'risk', ordinary: 'none', shared: 'mind', own: 'none', unknown: 'unknown' } as const;

export function sharesSection(id: string, s: Snapshot): readonly Section[] {
  const all = shares(id, sharing(s));
  if (all.length === 0) return [];
  const ordinary = all.filter((share) => share.state === 'ordinary').map((share) => share.kind);
  const chips: Row = { row: 'chips', chips: all.map((share) => ({ text: share.kind, state: share.state === 'ordinary' ? 'mind' : SHARE_STATE[share.state], full: share.sentence })) };
  const told = all.filter((share) => share.state === 'host' || share.state === 'shared' || share.state === 'unknown');
  return section('shares', 'Shares', [
    chips,
    ...told.map((share) => fact(share.kind, share.reading, String, SHARE_STATE[share.state], share.sentence)),
    ...(ordinary.length > 0 ? [words(`${listOf(ordinary)} ${ordinary.length === 1 ? 'is' : 'are'} the host’s, as for every container`)] : []),
  ]);
}

export function mountsSection(w: Workload, s: Snapshot): readonly Section[] {
  if (!isKnown(w.mounts)) return section('mounts', 'Mounts of the host', [fact('mounts', w.mounts)]);
  const { source } = w.mounts;
  const paths = hostPaths(w.mounts.value, s.host);
  const state = { socket: 'risk', writes: 'risk', reads: 'risk', mind: 'mind', data: 'none' } as const;
  const rows = paths.slice(0, 12).map((p): Row => ({ row: 'fact', name: p.short.replace(/ r[ow]$/, ''), value: `${p.path} ${p.writable ? 'rw' : 'ro'}`, source, state: state[p.grade], note: p.why }));
  const strange = w.mounts.value.filter((m) => !m.declared && m.host !== '').slice(0, 6).map((m): Row => ({ row: 'fact', name: m.destination, value: 'not declared', source, state: 'mind', note: `${m.host} ${m.writable ? 'rw' : 'ro'}` }));
  return section('mounts', 'Mounts of the host', [...rows, ...strange]);
}

/** The sets of alike processes, the weakest included, and who came from outside. */
export function processesSection(w: Workload): readonly Section[] {
  const rows: Row[] = w.processes.slice(0, 8).map((p) => fact(`${p.comm} ${p.pid}${p.count > 1 ? ` ×${p.count}` : ''}`, p.capabilities.effective, (caps) => (caps.length === 0 ? 'no capabilities' : caps.length > 20 ? `${caps.length} capabilities` : caps.map((c) => c.replace('CAP_', '')).join(' ')), p.role === 'exec' ? 'mind' : 'none', `uid ${isKnown(p.uid) ? p.uid.value : '?'}${p.role === 'exec' ? ', came by exec' : ''}`));
  for (const i of w.intruders) rows.push(fact(`${i.comm} ${i.pid}`, i.cgroup, String, 'risk', `entered its ${listOf(i.entered)}; it is not in its cgroup`));
  return section('processes', 'Processes', rows);
}
