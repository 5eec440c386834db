import { gunzipSync, gzipSync } from 'node:zlib';
import type { Snapshot } from '../../../src/core/model/index.js';
import type { Technique, Verdict } from '../../../src/core/reach/types.js';
import type { Played } from './play.js';
import type { Scenario } from './scenario.js';

/** A scenario's snapshot with what was measured: unit tests judge it again. */
export interface Recording {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Id of whose address was claimed: a workload's, or `gateway`. */
  readonly as: string;
  readonly measured: readonly { readonly technique: Technique; readonly worked: boolean; readonly said: Verdict }[];
  readonly snapshot: Snapshot;
}

/** What a verdict looks at; the rest of the machine that the lab ran on is nobody's business. */
function trimmed(s: Snapshot): Snapshot {
  const nets = new Set(s.containers.map((c) => c.net));
  const kept = (key: string) => key === 'host' || nets.has(key);
  return {
    ...s, groups: [], cgroups: [], notes: [],
    namespaces: s.namespaces.filter((n) => (n.type === 'net' || n.type === 'user') && n.members.some((m) => m.kind !== 'process')).map((n) => ({ ...n, members: [], heldBy: [] })),
    interfaces: s.interfaces.filter((i) => kept(i.net)),
    nets: s.nets.filter((n) => kept(n.key)).map((n) => ({ ...n, of: n.of.filter((id) => id === 'host' || s.containers.some((c) => c.id === id)) })),
    containers: s.containers.map((c) => ({ ...c, intruders: [], mounts: { value: [], source: '/proc/1/mountinfo' }, maskedPaths: { value: [], source: 'engine' }, readonlyPaths: { value: [], source: 'engine' } })),
  };
}

export function record(scenario: Scenario, played: Played): Recording | null {
  const { snapshot } = played;
  if (snapshot === null) return null;
  const id = (name: string) => (name === 'host' ? 'host' : (snapshot.containers.find((c) => c.name === name)?.id ?? name));
  return {
    name: `${scenario.family}: ${scenario.name}`, from: id(played.from), to: id(played.to), as: scenario.as === 'gateway' ? 'gateway' : id(`${played.from.replace(/-a$/, '')}-x`),
    measured: played.results.map((r) => ({ technique: r.technique, worked: r.outcome.worked, said: r.verdict })),
    snapshot: trimmed(snapshot),
  };
}

export const pack = (r: Recording): Uint8Array => gzipSync(JSON.stringify(r), { level: 9 });
export const unpack = (bytes: Uint8Array): Recording => JSON.parse(gunzipSync(bytes).toString()) as Recording;
export const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
