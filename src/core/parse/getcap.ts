import { known, unknown, type Reading } from '../model/reading.js';
import { CAPABILITIES } from './capabilities.js';

/**
 * Permitted capabilities of programs by path, from getcap(8): lines of `path cap_net_raw=ep`, before libcap 2.41
 * `path = cap_net_raw+ep`; `=ep` without names is every capability.
 */
export function parseGetcap(text: string, source: string): Reading<ReadonlyMap<string, readonly string[]>> {
  const all = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const found = /^(.+?) (?:= )?((?:(?:cap_\w+(?:,cap_\w+)*|all)?[=+][eip]+ ?)+)(?: ?\[rootid=\d+\])?$/.exec(line);
    if (found === null) return unknown('unsupported', source);
    const names = new Set<string>();
    for (const clause of (found[2] ?? '').trim().split(' ')) {
      const [who = '', flags = ''] = clause.split(/[=+]/);
      if (!flags.includes('p') && !flags.includes('e')) continue;
      for (const name of who === '' || who === 'all' ? CAPABILITIES : who.split(',')) names.add(name.toUpperCase());
    }
    if (names.size > 0) all.set(found[1] ?? '', [...names].sort());
  }
  return known(all, source);
}
