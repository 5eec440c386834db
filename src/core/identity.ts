import type { Workload } from './model/workload.js';
import type { Snapshot } from './model/snapshot.js';
import { workloads } from './model/snapshot.js';

/** The repository of an image's name, without tag and digest: what stays when a new version is rolled out. */
export function imageRepository(image: string): string {
  const name = image.split('@')[0] ?? image;
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

/**
 * Names a workload across restarts, recreation and a new version of its image: Compose's project, service and
 * number, else name and image repository; a group of another runtime by runtime and name. Parts are joined with
 * a character that no name holds, so that two workloads never share one by a crafted name.
 */
export function identityOf(w: Workload): string {
  if (w.kind === 'group') return ['group', w.runtime, w.name].join('\u0000');
  if (w.project !== null && w.service !== null) {
    return ['compose', w.project, w.service, w.labels['com.docker.compose.container-number'] ?? '1'].join('\u0000');
  }
  return ['container', w.name, imageRepository(w.image)].join('\u0000');
}

/** Identity of every workload of a snapshot by its id. */
export function identities(s: Snapshot): ReadonlyMap<string, string> {
  return new Map(workloads(s).map((w) => [w.id, identityOf(w)]));
}
