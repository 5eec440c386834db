/**
 * Orders things so that each set's members stand together (consecutive ones), as far as that can be. Small numbers are tried out;
 * larger ones are joined one by one and improved by moving one at a time. The given order breaks ties, so the same sets in the same
 * order of things give the same answer, and a picture does not jump.
 */
export interface WeightedSet {
  readonly members: ReadonlySet<string>;
  /** Whether one more that stands before all others belongs to it (the host). */
  readonly first: boolean;
  readonly weight: number;
}

const TRIED_OUT = 7;
const ROUNDS = 6;

/** Weighted number of breaks: how many pieces beyond one each set falls into. */
export function breaks(order: readonly string[], sets: readonly WeightedSet[]): number {
  let sum = 0;
  for (const set of sets) {
    let pieces = set.first ? 1 : 0;
    let inside = set.first;
    for (const id of order) {
      const now = set.members.has(id);
      if (now && !inside) pieces++;
      inside = now;
    }
    sum += Math.max(0, pieces - 1) * set.weight;
  }
  return sum;
}

function* permutations(things: readonly string[]): Generator<readonly string[]> {
  if (things.length <= 1) {
    yield things;
    return;
  }
  for (let i = 0; i < things.length; i++) {
    const head = things[i] as string;
    for (const rest of permutations([...things.slice(0, i), ...things.slice(i + 1)])) yield [head, ...rest];
  }
}

function exact(things: readonly string[], sets: readonly WeightedSet[]): readonly string[] {
  let best = things;
  let least = breaks(things, sets);
  if (least === 0) return best;
  for (const order of permutations(things)) {
    const n = breaks(order, sets);
    if (n >= least) continue;
    best = order;
    least = n;
    if (n === 0) break;
  }
  return best;
}

function insertAt(order: readonly string[], id: string, at: number): readonly string[] {
  return [...order.slice(0, at), id, ...order.slice(at)];
}

/** The place where one more breaks least; the last of equals, so that the given order holds. */
function bestPlace(order: readonly string[], id: string, sets: readonly WeightedSet[]): readonly string[] {
  let best = insertAt(order, id, order.length);
  let least = breaks(best, sets);
  for (let at = order.length - 1; at >= 0; at--) {
    const tried = insertAt(order, id, at);
    const n = breaks(tried, sets);
    if (n < least) [best, least] = [tried, n];
  }
  return best;
}

function joined(things: readonly string[], sets: readonly WeightedSet[]): readonly string[] {
  let order: readonly string[] = [];
  for (const id of things) order = bestPlace(order, id, sets);
  for (let round = 0; round < ROUNDS; round++) {
    const before = breaks(order, sets);
    if (before === 0) break;
    for (const id of things) order = bestPlace(order.filter((x) => x !== id), id, sets);
    if (breaks(order, sets) >= before) break;
  }
  return order;
}

/** Those that are linked by sets without a `first`, and all that are in a set with one, in the order of their first member. */
function components(things: readonly string[], sets: readonly WeightedSet[]): readonly (readonly string[])[] {
  const root = new Map(things.map((id) => [id, id]));
  const find = (id: string): string => {
    let at = id;
    while (root.get(at) !== at) at = root.get(at) ?? at;
    return at;
  };
  const link = (a: string, b: string): void => {
    root.set(find(b), find(a));
  };
  let firsts: string | null = null;
  for (const set of sets) {
    let anchor: string | null = null;
    for (const id of set.members) {
      if (!root.has(id)) continue;
      if (anchor !== null) link(anchor, id);
      anchor ??= id;
    }
    if (!set.first || anchor === null) continue;
    if (firsts !== null) link(firsts, anchor);
    firsts ??= anchor;
  }
  const groups = new Map<string, string[]>();
  for (const id of things) groups.set(find(id), [...(groups.get(find(id)) ?? []), id]);
  const withFirst = firsts === null ? null : find(firsts);
  return [...groups].sort(([a], [b]) => Number(b === withFirst) - Number(a === withFirst)).map(([, ids]) => ids);
}

/** Those in exactly the same sets are one for the search, so that three hundred in the host's net cost as much as one. */
function classes(ids: readonly string[], sets: readonly WeightedSet[]): ReadonlyMap<string, readonly string[]> {
  const by = new Map<string, string[]>();
  for (const id of ids) {
    const key = sets.map((s) => (s.members.has(id) ? '1' : '0')).join('');
    by.set(key, [...(by.get(key) ?? []), id]);
  }
  return new Map([...by.values()].map((same) => [same[0] as string, same]));
}

/** The order, in components: those that touch `first` lead; nobody shares with another component. */
export function seriate(things: readonly string[], sets: readonly WeightedSet[]): readonly (readonly string[])[] {
  const of = new Map<string, Set<WeightedSet>>();
  for (const s of sets) for (const m of s.members) of.set(m, (of.get(m) ?? new Set()).add(s));
  return components(things, sets).map((ids) => {
    const own = [...new Set(ids.flatMap((id) => [...(of.get(id) ?? [])]))];
    const same = classes(ids, own);
    const heads = [...same.keys()];
    const order = heads.length <= TRIED_OUT ? exact(heads, own) : joined(heads, own);
    return order.flatMap((head) => same.get(head) ?? []);
  });
}
