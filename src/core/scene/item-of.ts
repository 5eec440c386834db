import type { Item } from './scene.js';

/**
 * The id of the item that stands for a subject: its own, else the one among whose members it is with the fewest others.
 * A bus holds everybody on it and stands for nobody.
 */
export function itemOf(items: readonly Item[], id: string): string | null {
  let best: Item | null = null;
  for (const item of items) {
    if (item.subject?.id === id) return item.id;
    if (item.role === 'bus' || !item.members.includes(id)) continue;
    if (best === null || item.members.length < best.members.length) best = item;
  }
  return best?.id ?? null;
}
