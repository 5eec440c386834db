import { valueOf } from '../model/reading.js';
import type { Snapshot } from '../model/snapshot.js';

/** The security module that confines containers on this host: AppArmor or SELinux; `none` where the list was read and has neither; undefined where it could not be read. */
export function confiningModule(s: Snapshot): 'apparmor' | 'selinux' | 'none' | undefined {
  const lsms = valueOf(s.host.lsms);
  if (lsms === undefined) return undefined;
  if (lsms.includes('apparmor')) return 'apparmor';
  if (lsms.includes('selinux')) return 'selinux';
  return 'none';
}
