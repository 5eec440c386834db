import type { Limit } from '../model/cgroup.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

function unitOf(n: number): number {
  let unit = 0;
  for (let rest = Math.abs(n); rest >= 1024 && unit < UNITS.length - 1; rest /= 1024) unit++;
  return unit;
}

/** At most one digit after the point, none above ten, no `1.0`. */
function short(n: number): string {
  return Math.abs(n) >= 10 ? String(Math.round(n)) : String(Math.round(n * 10) / 10);
}

/** Bytes for people, in powers of 1024: `932 MiB`, `1.2 GiB`, `2 GiB`, `512 B`. */
export function bytes(n: number): string {
  let unit = unitOf(n);
  // 1023.7 MiB would be written 1024 MiB.
  if (unit < UNITS.length - 1 && Math.round(Math.abs(n) / 1024 ** unit) >= 1024) unit++;
  const value = n / 1024 ** unit;
  return `${unit < 3 ? Math.round(value) : short(value)} ${UNITS[unit]}`;
}

/** Bytes in the unit of another amount, without its name, for `0.9 of 2 GiB`. Falls back to whole words where it would read as 0. */
export function bytesOf(n: number, limit: number): string {
  const unit = unitOf(limit);
  const value = n / 1024 ** unit;
  const text = unit < 3 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
  return (text === '0' && n > 0) || unit !== unitOf(limit) ? `${bytes(n)} of ${bytes(limit)}` : `${text} of ${bytes(limit)}`;
}

/** Cores: `0.7`, `2`, `0.05`. */
export function cores(n: number): string {
  if (n > 0 && n < 0.1) return n < 0.005 ? '0' : String(Math.round(n * 100) / 100);
  return String(Math.round(n * 10) / 10);
}

/** Bytes per second: `4.1 MiB/s`. */
export function rateOf(n: number): string {
  const unit = unitOf(n);
  return `${unit === 0 ? Math.round(n) : short(n / 1024 ** unit)} ${UNITS[unit]}/s`;
}

/** A count with thin groups, as in `pid 51 907`. The space does not break. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0');
}

/** Percent of a share: `91 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** A limit as the kernel's word or in its unit: `none`, `1 GiB`. */
export function limitText(limit: Limit, say: (n: number) => string): string {
  return limit === 'max' ? 'none' : say(limit);
}

/** `one wall`, `3 walls`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`, `a, b and 3 more`. */
export function listOf(names: readonly string[], most = 4): string {
  if (names.length <= 1) return names[0] ?? '';
  const shown = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1);
  const last = names.length > most ? `${names.length - shown.length} more` : names[names.length - 1];
  return `${shown.join(', ')} and ${last}`;
}
