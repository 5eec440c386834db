import { FACES } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import type { Card } from './stations.js';

export const LEFT = 176;
export const RIGHT = 120;
export const TRUNK = 12;
/** Where an internal bus begins, and where the lines of a folded one are joined. */
export const SPINE = 26;

/** large: everything and more of it, where there are few; card: everything; small: name and addresses, where alike ones are stacked; chip: the name alone. */
export type Size = 'large' | 'card' | 'small' | 'chip';
/** Whole cards name their plugs beside the drops, smaller ones do not. */
export const isWhole = (size: Size): boolean => size === 'large' || size === 'card';
interface Metrics {
  readonly pitch: number;
  readonly w: number;
  /** As narrow as a full row may make them, so that it need not fold. */
  readonly least: number;
  readonly h: number;
  readonly down: number;
  readonly up: number;
  readonly drop: number;
  readonly gap: number;
  readonly pad: number;
}
export const METRICS: Readonly<Record<Size, Metrics>> = {
  large: { pitch: 218, w: 196, least: 172, h: 112, down: 40, up: 156, drop: 46, gap: 34, pad: 11 },
  card: { pitch: 153, w: 136, least: 118, h: 68, down: 28, up: 108, drop: 34, gap: 26, pad: 9 },
  small: { pitch: 132, w: 112, least: 98, h: 44, down: 30, up: 84, drop: 17, gap: 22, pad: 7 },
  chip: { pitch: 132, w: 112, least: 112, h: 20, down: 30, up: 84, drop: 13, gap: 14, pad: 6 },
};
/** Room under a bus for the comb of the chosen one and its sentence; with the names of plugs under it. */
export const COMB = { large: 44, card: 42, small: 40, chip: 22 } as const;
export const COMB_AND_NAMES = { large: 64, card: 57 } as const;
/** Names in the gutter must not touch. */
export const APART = { large: 74, card: 62, small: 44, chip: 38 } as const;
export const UPLINKS = { large: 46, card: 40, small: 24, chip: 17 } as const;

export function chipWidth(card: Card): number {
  const sign = card.state === 'risk' || card.state === 'mind' || card.state === 'unknown' ? 15 : 0;
  const count = card.count === '' ? 0 : 6 + textWidth(card.count, FACES.mono);
  return Math.min(METRICS.chip.w, Math.max(44, 20 + sign + count + textWidth(card.name, FACES.strong)));
}
