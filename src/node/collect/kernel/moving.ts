import type { CgroupFacts, CgroupNode, Pressure, Reading } from '../../../core/model/index.js';
import type { KernelCache } from './cache.js';
import type { Place } from './cgroup-files.js';
import { CgroupReader } from './cgroups.js';

export interface MovingPass {
  /** By workload's id, containers and groups with a cgroup of their own. */
  readonly of: ReadonlyMap<string, CgroupFacts>;
  /** The whole tree, with workloads' nodes and their ancestors read anew. */
  readonly cgroups: readonly CgroupNode[];
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Pressure is an average over ten seconds at least: not each poll can tell something new. */
const POLLS_PER_PRESSURE = 3;

/** The cgroups above workloads, and those right above one, by the places that they were told from. */
interface Tree {
  readonly above: ReadonlySet<string>;
  readonly parents: readonly string[];
}

const trees = new WeakMap<ReadonlyMap<string, Place>, Tree>();

function treeOf(places: ReadonlyMap<string, Place>): Tree {
  const known = trees.get(places);
  if (known !== undefined) return known;
  const above = new Set<string>(['/']);
  const parents = new Set<string>();
  for (const { path } of places.values()) {
    if (parentOf(path) !== '') parents.add(parentOf(path));
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) above.add(path.slice(0, at));
  }
  const tree = { above, parents: [...parents] };
  trees.set(places, tree);
  return tree;
}

/** What lies below a cgroup: `still` is as it was, `calm` is too where its own pressure of the last ten seconds has not to fall yet. */
type Below = 'still' | 'calm' | 'moves';

function belowOf(reader: CgroupReader, parent: string, pressure: boolean): Below {
  const asleep = reader.sleepsBelow(parent);
  if (asleep && !pressure) return 'still';
  // Each is asked, also where it decides nothing: the answer is what the next one is compared with, as those below are read now.
  const memory = reader.memoryMovedBelow(parent);
  const waited = pressure && reader.waitedBelow(parent);
  return asleep && !memory && !waited ? 'calm' : 'moves';
}

const restful = (pressure: Reading<Pressure>): boolean => ('value' in pressure ? pressure.value.some10 === 0 && pressure.value.full10 === 0 : pressure.unknown === 'absent');
const atRest = ({ memory, cpu, io }: CgroupFacts): boolean => restful(memory.pressure) && restful(cpu.pressure) && restful(io.pressure);

/**
 * Usage, throttling, OOM kills and (at each third call) pressure of the workloads' cgroups and of those above them, as
 * the last full pass found them. Where nothing ran below a cgroup since the call before, what is below it is taken to be
 * as it was; at each third call only where its memory is what it was as well (the kernel takes some back), and no task in
 * it waited since the third before: both are told with all that is below it (cgroups(7), accounting/psi). How averages of
 * minutes fall is then told by the next full pass.
 */
export function readMoving(cache: KernelCache): MovingPass {
  const of = new Map<string, CgroupFacts>();
  if (cache.hierarchies === undefined) return { of, cgroups: cache.nodes };
  const reader = new CgroupReader(cache.hierarchies, cache.cgroups);
  const pressure = cache.polls % POLLS_PER_PRESSURE === 0;
  cache.polls += 1;
  const { above, parents } = treeOf(cache.places);
  const below = new Map(parents.map((parent) => [parent, belowOf(reader, parent, pressure)]));
  const passes = (path: string, facts: CgroupFacts): boolean => {
    const how = below.get(parentOf(path));
    return how === 'still' || (how === 'calm' && atRest(facts));
  };
  cache.nodes = cache.nodes.map((node) => {
    const place = node.of === null ? undefined : cache.places.get(node.of);
    if (place === undefined && !above.has(node.id)) return node;
    if (place !== undefined && place.elsewhere === undefined && passes(place.path, node.facts)) {
      if (node.of !== null) of.set(node.of, node.facts);
      return node;
    }
    const facts = reader.again(node.facts, place ?? { path: node.id, source: '', elsewhere: undefined }, { limits: false, use: true, pressure });
    if (node.of !== null) of.set(node.of, facts);
    return facts === node.facts ? node : { ...node, facts };
  });
  return { of, cgroups: cache.nodes };
}
