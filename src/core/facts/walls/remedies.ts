import { isKnown } from '../../model/reading.js';
import type { Wall, WallName } from './wall.js';

/** What would raise a wall that is open or thin, one sentence; a person runs it, never Bulkhead. */
const REMEDIES: Readonly<Record<WallName, string>> = {
  userNs: 'Remap users (userns-remap in daemon.json, or rootless), or at least run as another user: --user 1000.',
  capabilities: 'Drop what it does not need: --cap-drop ALL, then --cap-add one by one.',
  seccomp: 'Leave the engine’s profile on, or give it one of its own: --security-opt seccomp=FILE.',
  lsm: 'Leave the engine’s profile on; --security-opt apparmor=NAME or label=type:NAME for one of its own.',
  noNewPrivs: 'Start it with --security-opt no-new-privileges.',
  rootfs: 'Start it with --read-only, and --tmpfs for what it writes.',
  mounts: 'Mount less of the host, read-only, or a volume instead.',
  devices: 'Give it only the nodes it uses, with the least rights: --device PATH:PATH:r.',
};
const BY_EXEC = 'End that process; exec it without --privileged.';

/** `''` for a wall that stands; what would be read is told for one that is unknown. */
export function remedyOf(w: Wall): string {
  if (w.state === 'stands') return '';
  if (w.state === 'unknown') return 'Read as root to know.';
  if (w.name === 'lsm' && w.state === 'open-as-shipped' && w.sentence.startsWith('This host')) return 'Switch AppArmor or SELinux on for this host.';
  return w.pid === null ? REMEDIES[w.name] : BY_EXEC;
}

/** Where it was read, the deciding reading first: `/proc/48211/status`. */
export function readFrom(w: Wall): string {
  const first = w.readings.find(isKnown) ?? w.readings[0];
  return first?.source ?? '';
}
