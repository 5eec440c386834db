/**
 * An order in which nothing jumps: who was there keeps its place among the others, who is new comes in after the one that precedes it
 * in the wished order. Without a previous order it is the wished one.
 */
export function stableOrder(wished: readonly string[], previous: readonly string[] | undefined): readonly string[] {
  if (!previous || previous.length === 0) return wished;
  const here = new Set(wished);
  const before = new Set(previous);
  const order = previous.filter((id) => here.has(id));
  if (order.length === wished.length) return order;
  const after = new Map<string | null, string[]>();
  let anchor: string | null = null;
  for (const id of wished) {
    if (before.has(id)) anchor = id;
    else after.set(anchor, [...(after.get(anchor) ?? []), id]);
  }
  return [...(after.get(null) ?? []), ...order.flatMap((id) => [id, ...(after.get(id) ?? [])])];
}

/** The things in the order of their ids. */
export function inOrder<T>(things: readonly T[], id: (t: T) => string, order: readonly string[]): readonly T[] {
  const by = new Map(things.map((t) => [id(t), t]));
  return order.flatMap((i) => {
    const t = by.get(i);
    return t === undefined ? [] : [t];
  });
}
