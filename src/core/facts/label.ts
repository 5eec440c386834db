/** A label of `/proc/<pid>/attr/current` in its parts: `docker-default (enforce)`. SELinux labels have no mode of their own. */
export function parseLabel(label: string): { readonly profile: string; readonly mode: string } {
  const match = /^(.*?)(?: \((\w+)\))?\s*$/su.exec(label.replace(/\0+$/u, ''));
  return { profile: match?.[1] ?? label, mode: match?.[2] ?? '' };
}

/**
 * Whether a label confines nothing: AppArmor's `unconfined`, a profile in the mode of that name, SELinux's unconfined
 * domains. Since AppArmor 4 runc has such a profile, so that a container without one reads `runc (unconfined)`.
 */
export function isUnconfined(label: string): boolean {
  const { profile, mode } = parseLabel(label);
  return profile === 'unconfined' || profile === '' || mode === 'unconfined' || /:(?:unconfined_t|spc_t|initrc_t|init_t|kernel_t):/u.test(`${profile}:`);
}
