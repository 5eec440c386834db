import { isKnown, type Reading } from '../../model/reading.js';
import type { Workload } from '../../model/workload.js';
import type { Host } from '../../model/snapshot.js';
import { boundOf, hostPaths } from '../mounts.js';
import { listOf } from '../units.js';
import { unreadSentence, unreadText, wall, type Wall } from './wall.js';

/** The walls that a workload's processes share: its root, the host's files in it, its devices. */

export function rootfsWall(w: Workload): Wall {
  const asked = w.kind === 'container' && w.declared.readonlyRootfs;
  const readings: Reading<unknown>[] = [w.rootReadOnly, ...(w.kind === 'container' ? [{ value: asked, source: 'engine: HostConfig.ReadonlyRootfs' }] : [])];
  if (!isKnown(w.rootReadOnly)) {
    return w.kind === 'container' && !asked
      ? wall('rootfs', 'open-as-shipped', '', 'Its root was not asked to be read-only.', readings)
      : wall('rootfs', 'unknown', unreadText(w.rootReadOnly.unknown), unreadSentence('its root can be written', w.rootReadOnly.unknown), readings);
  }
  if (w.rootReadOnly.value) return wall('rootfs', 'stands', '', 'Its root is read-only: an intruder cannot stay by changing programs.', readings);
  return asked
    ? wall('rootfs', 'open-by-choice', 'writable', 'Its root was remounted writable.', readings, 'read-only')
    : wall('rootfs', 'open-as-shipped', '', 'Its programs can be changed from within.', readings);
}

/** File systems that hold nothing of the host: making one inside takes rights, and opens nothing. */
const OF_ITS_OWN = new Set(['tmpfs', 'overlay', 'proc', 'sysfs', 'mqueue', 'devpts', 'cgroup', 'cgroup2', 'ramfs', 'nsfs', 'fuse', 'squashfs']);

export function mountsWall(w: Workload, host: Host): Wall {
  const fields: Reading<unknown>[] = w.kind === 'container' ? [{ value: w.declared.mounts.length, source: 'engine: Mounts' }] : [];
  const readings: Reading<unknown>[] = [isKnown(w.mounts) ? { value: w.mounts.value.length, source: w.mounts.source } : w.mounts, ...fields];
  const found = hostPaths(boundOf(w), host);
  const strange = isKnown(w.mounts) && w.kind === 'container' ? w.mounts.value.filter((m) => !m.declared && !(m.host === '' && OF_ITS_OWN.has(m.fstype))) : [];
  const drift = strange.length > 0 ? 'not declared' : null;
  const holes = found.filter((f) => f.grade !== 'data');
  const leaks = isKnown(w.mounts) ? w.mounts.value.filter((m) => m.propagation === 'shared' && m.host !== '' && holes.every((h) => h.path !== m.host)) : [];
  if (holes.length > 0) return wall('mounts', 'open-by-choice', holes.map((f) => f.short).join(', '), holes[0]?.why ?? '', readings, drift);
  if (strange.length > 0) {
    return wall('mounts', 'open-by-choice', strange.map((m) => m.host || m.destination).join(', '), `${listOf(strange.map((m) => m.destination))} was mounted by somebody else than the engine.`, readings, drift);
  }
  if (leaks.length > 0) return wall('mounts', 'open-by-choice', `${leaks[0]?.host ?? ''} shared`, 'What it mounts there appears on the host (propagation shared).', readings);
  if (found.length > 0) return wall('mounts', 'thinned', found.map((f) => f.short).join(', '), `It writes ${listOf(found.map((f) => f.path))} of the host.`, readings);
  if (!isKnown(w.mounts)) return wall('mounts', 'unknown', unreadText(w.mounts.unknown), unreadSentence('files of the host are in it', w.mounts.unknown), readings);
  return wall('mounts', 'stands', '', 'No folder of the host can be written through it.', readings);
}

const RAW = /^\/dev\/(mem|kmem|port|sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d|dm-\d|mapper\/|md\d|mmcblk\d|loop\d|sg\d|bsg|raw)/;

/** Devices through which the host's disks or memory can be read and written. */
export function rawDevices(devices: readonly string[]): readonly string[] {
  return devices.filter((d) => RAW.test(d));
}

/** Nodes that GPU runtimes put into containers by themselves. */
const BY_RUNTIME = /^\/dev\/(nvidia|kfd|dri\/|dxg|davinci)/;

/** The host's side of `docker --device`: `/dev/net/tun:/dev/net/tun:rwm`. */
const hostSide = (d: string): string => d.split(':')[0] ?? d;
const plain = (d: string): string => d.replace(/^\/dev\//, '');

export function devicesWall(w: Workload): Wall {
  const d = w.kind === 'container' ? w.declared : null;
  const told = d ? d.devices.map(hostSide) : [];
  const readings: Reading<unknown>[] = [w.devices, ...(d ? [{ value: d.devices, source: 'engine: HostConfig.Devices' }] : [])];
  if (d?.privileged) return wall('devices', 'open-by-choice', 'all', "Every device of the host is in it, its disks too (privileged).", readings);
  const list = isKnown(w.devices) ? w.devices.value : told;
  const raw = rawDevices(list);
  const inside = d ? d.devices.map((t) => t.split(':')[1] ?? hostSide(t)) : [];
  // A request for GPUs is answered by a runtime that names no nodes.
  const requested = d?.devices.some((t) => t.startsWith('request ')) ?? false;
  const strange = isKnown(w.devices) && d && !requested ? w.devices.value.filter((x) => !BY_RUNTIME.test(x) && ![...told, ...inside].some((t) => x === t || x.startsWith(`${t.replace(/\/$/, '')}/`))) : [];
  const drift = strange.length > 0 ? 'not declared' : null;
  if (raw.length > 0) return wall('devices', 'open-by-choice', raw.map(plain).join(' '), "The host's disks or memory can be read and written through it.", readings, drift);
  if (strange.length > 0) return wall('devices', 'open-by-choice', strange.map(plain).join(' '), `${listOf(strange)} was put into it by somebody else than the engine.`, readings, drift);
  if (list.length > 0) return wall('devices', 'thinned', list.map(plain).join(' '), `It uses ${listOf(list)} of the host.`, readings);
  if (!isKnown(w.devices)) return wall('devices', 'unknown', unreadText(w.devices.unknown), unreadSentence('devices of the host are in it', w.devices.unknown), readings);
  return wall('devices', 'stands', '', 'Only the devices that every container has.', readings);
}
