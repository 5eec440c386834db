import { isKnown } from '../model/reading.js';
import { workloads, type Snapshot } from '../model/snapshot.js';

/** How ids are named in sentences: workloads by name, the host and gateways by what they are. */
export function naming(s: Snapshot): (id: string) => string {
  const names = new Map(workloads(s).map((w) => [w.id, w.name]));
  const segments = new Map(s.segments.map((segment) => [segment.id, segment.name]));
  return (id) => {
    if (id === 'host') return isKnown(s.host.hostname) ? `the host (${s.host.hostname.value})` : 'the host';
    if (id.startsWith('gateway:')) return 'the gateway';
    return names.get(id) ?? segments.get(id) ?? id;
  };
}
