import type { Snapshot } from '../model/snapshot.js';
import type { Container } from '../model/workload.js';
import type { View } from './view.js';

/**
 * What its compose file calls a container: the service, with the replica's number where there are several. Null where
 * compose did not name it (`<project>-<service>-<number>`, with `_` in old ones), so that its own name says more.
 */
function byItsFile(c: Container, replicas: ReadonlyMap<string, number>): string | null {
  if (c.project === null || c.service === null) return null;
  const number = ['-', '_'].map((by) => `${c.project ?? ''}${by}${c.service ?? ''}${by}`).find((stem) => c.name.startsWith(stem) && /^\d+$/.test(c.name.slice(stem.length)));
  if (number === undefined) return null;
  return (replicas.get(replicaKey(c)) ?? 0) > 1 ? `${c.service}-${c.name.slice(number.length)}` : c.service;
}

const replicaKey = (c: Container): string => `${c.project ?? ''}\u0000${c.service ?? ''}`;

function tally(keys: readonly string[]): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const key of keys) out.set(key, (out.get(key) ?? 0) + 1);
  return out;
}

/** A container under another name is made once, so that what is remembered of it holds. */
const renamed = new WeakMap<Container, Container>();
const named = new WeakMap<Snapshot, Snapshot>();

/** The snapshot as a picture names it: services as their file names them, wherever that is still one name for one thing. */
export function asNamedInFile(snapshot: Snapshot): Snapshot {
  const known = named.get(snapshot);
  if (known !== undefined) return known;
  const replicas = tally(snapshot.containers.filter((c) => c.service !== null).map(replicaKey));
  const wishes = snapshot.containers.map((c) => byItsFile(c, replicas));
  const used = tally([...snapshot.containers.map((c, i) => wishes[i] ?? c.name), ...snapshot.groups.map((g) => g.name)]);
  const containers = snapshot.containers.map((c, i): Container => {
    const name = wishes[i];
    if (name === null || name === undefined || (used.get(name) ?? 0) > 1) return c;
    const made = renamed.get(c);
    if (made?.name === name) return made;
    const one = { ...c, name };
    renamed.set(c, one);
    return one;
  });
  const out = containers.every((c, i) => c === snapshot.containers[i]) ? snapshot : { ...snapshot, containers };
  named.set(snapshot, out);
  return out;
}

/** The same view, its containers named as their compose files name them. */
export function calledByFile(view: View): View {
  const snapshot = asNamedInFile(view.snapshot);
  return snapshot === view.snapshot ? view : { ...view, snapshot };
}
