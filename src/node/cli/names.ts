import { workloads, type Snapshot, type Workload } from '../../core/model/index.js';
import { clip } from './columns.js';
import { didYouMean } from './nearest.js';
import { stop } from './trouble.js';

/** The id of what a person calls by name, id (or its beginning), or `(host)`. Stops where nobody is called so, or several are. */
export function idOf(s: Snapshot, word: string): string {
  if (word === '(host)' || word === 'host') return 'host';
  const all = workloads(s);
  const exact = all.filter((w) => w.name === word || w.id === word);
  const found: readonly Workload[] = exact.length > 0 ? exact : all.filter((w) => /^[0-9a-f]{4,}$/u.test(word) && w.id.startsWith(word));
  const [one] = found;
  if (!one) throw stop('no such container', `nobody is called ${word} here.${didYouMean(word, all.map((w) => w.name))}`, 'Give a name or the beginning of an id; `bulkhead snapshot` lists them.');
  if (found.length > 1) throw stop('which one', `${found.length} are called ${word}`, `Give the id: ${found.slice(0, 5).map((w) => w.id.slice(0, 12)).join(', ')}.`);
  return one.id;
}

/** The Compose project that is called so. Stops where nothing here belongs to it. */
export function projectOf(s: Snapshot, word: string): string {
  const all = [...new Set([...s.containers, ...s.segments].flatMap((of) => of.project ?? []))];
  if (all.includes(word)) return word;
  throw stop('no such project', `nothing here belongs to ${word}.${didYouMean(word, all)}`, all.length === 0 ? 'No container here belongs to a Compose project: leave --project out.' : `These are here: ${clip(all.sort().slice(0, 10).join(', '), 300)}.`);
}

/** `web`, `(host)`, `(gateway)`. */
export function calledBy(s: Snapshot): (id: string) => string {
  const names = new Map(workloads(s).map((w) => [w.id, w.name]));
  return (id) => (id === 'host' ? '(host)' : id.startsWith('gateway:') ? '(gateway)' : (names.get(id) ?? id));
}
