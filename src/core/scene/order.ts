import type { Edge, Item, Scene } from './scene.js';

/** Items and edges from the lowest layer to the highest; within a layer edges first, then the scene's order. */
export function paintOrder(scene: Scene): readonly (Item | Edge)[] {
  const all: { readonly of: Item | Edge; readonly rank: number }[] = [
    ...scene.edges.map((of) => ({ of, rank: of.layer * 2 })),
    ...scene.items.map((of) => ({ of, rank: of.layer * 2 + 1 })),
  ];
  return all.sort((a, b) => a.rank - b.rank).map((x) => x.of);
}

export function isItem(x: Item | Edge): x is Item {
  return 'box' in x;
}
