import { askedCaps, beyondDefault, capName, DANGEROUS, dangerousOf, isEvery, plainCap } from '../facts/capabilities.js';
import { listOf } from '../facts/units.js';

/** Dangerous capabilities beyond any engine's default set, worst first. */
export function dangerousBeyondDefault(held: readonly string[]): readonly string[] {
  return dangerousOf(beyondDefault(held));
}

/** Whether one of them hands over the host by itself, where the user namespace is the host's. */
export function ownsHost(names: readonly string[]): boolean {
  return names.some((n) => DANGEROUS[n]?.grade === 'host' || DANGEROUS[n]?.grade === 'reads');
}

/** `all 41 capabilities`, `SYS_ADMIN and NET_RAW`. */
export function capWords(names: readonly string[]): string {
  return isEvery(names) ? `all ${names.length} capabilities` : listOf(names.map(plainCap), 6);
}

type Asked = Parameters<typeof askedCaps>[0];

/** Of the capabilities given, those that the declaration does not allow. */
export function undeclaredCapabilities(d: Asked, held: readonly string[]): readonly string[] {
  const allowed = askedCaps(d);
  if (allowed !== 'all') return held.filter((c) => !allowed.has(c));
  if (d.privileged) return [];
  // Which ones ALL means depends on the kernel; those taken from it again can be told.
  const drop = new Set(d.capDrop.map(capName));
  return held.filter((c) => drop.has(c));
}
