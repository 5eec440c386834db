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

/** A label of `/proc/<pid>/attr/current` in its parts. SELinux labels have no mode of their own. */
export function parseLabel(label: string): { readonly profile: string; readonly mode: string } {
  const match = /^(.*?)(?: \((\w+)\))?\s*$/su.exec(label.replace(/\0+$/u, ''));
  return { profile: match?.[1] ?? label, mode: match?.[2] ?? '' };
}

/** Whether a label confines nothing: AppArmor's `unconfined`, SELinux's unconfined domains. */
export function isUnconfined(label: string): boolean {
  const { profile } = parseLabel(label);
  return profile === 'unconfined' || profile === '' || /:(?:unconfined_t|spc_t|init_t|kernel_t):/u.test(`${profile}:`);
}
