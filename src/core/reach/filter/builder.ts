import type { Reading } from '../../model/reading.js';
import type { Frame } from '../frames.js';
import type { Carried, Spot } from './fields.js';
import { askLines, chainActs, second, type LineFate, type LineRules } from './lines.js';
import { ask, type Chain, type Ruleset } from './nft.js';

/** One place where a frame may be stopped. */
export interface Stage {
  readonly where: string;
  /** After the bridge has learned the sender's MAC. */
  readonly afterLearning: boolean;
  /** On the way out of the attacker's own namespace, before any other sees the frame. */
  readonly leaving: boolean;
  readonly ask: (f: Frame, carried: Carried) => LineFate;
}

export const PASSES: LineFate = { passes: true, drops: false, by: null };

/** What a rule does of which it is not known whether it is asked. */
export const perhaps = (fate: LineFate, unsure: boolean): LineFate => (unsure ? { passes: true, drops: fate.drops, by: fate.by } : fate);

/** Puts the places of a road together, in the order in which a frame comes by. */
export class Builder {
  readonly stages: Stage[] = [];
  readonly unread = new Map<string, Reading<unknown>>();
  /** What bridges with VLAN filtering, and VLAN devices, have made of its tags so far; null: nothing. */
  view: ((tags: Frame['tags']) => Frame['tags']) | null = null;
  learned = false;
  leaving = false;
  /** The frame comes into another net namespace: a mark is taken away (skb_scrub_packet). */
  enters = false;

  add(where: string, asks: (f: Frame, carried: Carried) => LineFate): void {
    const { view, enters } = this;
    this.enters = false;
    this.stages.push({ where, afterLearning: this.learned, leaving: this.leaving, ask: (f, carried) => {
        if (enters) carried.mark = 0;
        const fate = asks(view === null ? f : { ...f, tags: view(f.tags) }, carried);
        // What was written is the frame as it was sent, with what a rule put in.
        if (carried.written !== undefined) carried.written = { ...carried.written, frame: { ...carried.written.frame, tags: f.tags } };
        return fate;
      } });
  }

  /** From here on its tags are others. A frame that does not come so far is not sent (`shapeOf`). */
  becomes(next: (tags: Frame['tags']) => Frame['tags'] | null): void {
    const { view } = this;
    this.view = (tags) => {
      const before = view === null ? tags : view(tags);
      return next(before) ?? before;
    };
  }

  chains(ruleset: Ruleset | null, list: readonly Chain[], spot: Omit<Spot, 'family'>, device?: string, shown: (f: Frame) => boolean = () => true, away?: (to: string) => boolean): void {
    if (ruleset === null) return;
    for (const c of list) {
      const at: Spot = { ...spot, family: c.family as Spot['family'] };
      const unsure = device !== undefined && c.devices === null;
      this.add(`nft ${c.family} ${c.table} ${c.name}`, (f, carried) => {
        if (!shown(f)) return PASSES;
        if (away !== undefined) carried.away = away;
        const fate = ask(ruleset, c, f, at, carried);
        delete carried.away;
        return perhaps(fate, unsure);
      });
    }
  }

  /** `unsure`: whether the chain is asked at all was not read. */
  lines(rules: LineRules | null, table: string, chain: string, spot: Spot, only?: (f: Frame) => boolean, unsure = false): void {
    if (rules === null) return;
    for (const name of [table, second(table)]) {
      if (!chainActs(rules, name, chain)) continue;
      this.add(`${rules.tool} ${table} ${chain}`, (f, carried) => (only === undefined || only(f) ? perhaps(askLines(rules, name, chain, f, spot, carried), unsure) : PASSES));
    }
  }
}
