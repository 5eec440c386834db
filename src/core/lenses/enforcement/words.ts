import type { Item } from '../../scene/scene.js';
import { readFrom, remedyOf, type Wall, type WallState } from '../../facts/walls/index.js';

/** The state of a cell's item by its wall's; one that is open by choice takes its row's. */
export const DRIFT_STATE: Readonly<Record<WallState, Item['state']>> = {
  stands: 'fine',
  thinned: 'none',
  unknown: 'unknown',
  'open-as-shipped': 'none',
  'open-by-choice': 'mind',
};

const WORDS: Readonly<Record<WallState, string>> = {
  stands: 'stands',
  thinned: 'thinned',
  unknown: 'unknown',
  'open-as-shipped': 'open, as shipped',
  'open-by-choice': 'open',
};

/** `open: NET_ADMIN NET_RAW, declared cap-drop ALL`. */
export function wallWords(w: Wall): string {
  const short = w.short.replace(/^\? /, '');
  return `${WORDS[w.state]}${short === '' ? '' : `: ${short}`}${w.pid === null ? '' : `, pid ${w.pid}`}${w.drift === null ? '' : `, but declared ${w.drift}`}`;
}

/** Rule, evidence, remedy in one line. */
export function wallDetail(w: Wall): string {
  const source = readFrom(w);
  const remedy = remedyOf(w);
  return `${w.sentence}${source === '' ? '' : ` (${source})`}${remedy === '' ? '' : ` ${remedy}`}`;
}
