import type { Json } from '../../model/network.js';
import type { Frame } from '../frames.js';
import type { Carried, Spot } from './fields.js';
import { isObject } from './json.js';
import { chooses, idOf as id, match, namesTag, type Ask } from './match.js';
import { and, type Truth } from './truth.js';
import { addsFor, written } from './write.js';

interface Rule {
  readonly where: string;
  readonly expr: readonly Json[];
}

export interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Null for a chain that is only jumped to. */
  readonly hook: string | null;
  readonly prio: number;
  readonly drops: boolean;
  /** Devices of an ingress or egress chain; null where nft did not tell (1.0.6 leaves them out). */
  readonly devices: readonly string[] | null;
  /** Whether its table may be dormant: nft 1.0.6 prints anything for a table's flags. */
  readonly unsure: boolean;
  readonly rules: Rule[];
}

/** A ruleset of `nft -j list ruleset`, ready to be asked. */
export interface Ruleset {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly base: readonly Chain[];
  readonly sets: ReadonlyMap<string, readonly Json[]>;
  /** Sets that packets themselves add to: who is not in one now may put itself there. */
  readonly growing: ReadonlySet<string>;
}

/** A dormant table is listed with its chains, and none of them is asked. */
function tableState(flags: Json | undefined): 'asked' | 'dormant' | 'unsure' {
  if (flags === undefined) return 'asked';
  const words = Array.isArray(flags) ? flags : [flags];
  if (words.includes('dormant')) return 'dormant';
  return words.every((w) => w === 'owner' || w === 'persist') ? 'asked' : 'unsure';
}

export function compile(objects: readonly Json[]): Ruleset {
  const chains = new Map<string, Chain>();
  const sets = new Map<string, readonly Json[]>();
  const growing = new Set<string>();
  const flags = new Map<string, Json>();
  for (const o of objects) {
    const t = isObject(o) ? o['table'] : undefined;
    if (isObject(t) && t['flags'] !== undefined) flags.set(`${String(t['family'])} ${String(t['name'])}`, t['flags']);
  }
  for (const o of objects) {
    if (!isObject(o)) continue;
    const c = o['chain'];
    if (isObject(c)) {
      const dev = c['dev'];
      const state = tableState(flags.get(`${String(c['family'])} ${String(c['table'])}`));
      chains.set(id(c['family'], c['table'], c['name']), {
        family: String(c['family']), table: String(c['table']), name: String(c['name']),
        hook: typeof c['hook'] === 'string' && state !== 'dormant' ? c['hook'] : null, prio: typeof c['prio'] === 'number' ? c['prio'] : 0, drops: c['policy'] === 'drop',
        devices: typeof dev === 'string' ? [dev] : Array.isArray(dev) ? dev.map(String) : null, unsure: state === 'unsure', rules: [],
      });
    }
    const s = isObject(o['set']) ? o['set'] : o['map'];
    if (isObject(s)) {
      sets.set(id(s['family'], s['table'], s['name']), Array.isArray(s['elem']) ? s['elem'] : []);
      if (Array.isArray(s['flags']) ? s['flags'].includes('dynamic') : s['flags'] === 'dynamic') growing.add(id(s['family'], s['table'], s['name']));
    }
    const r = o['rule'];
    if (isObject(r) && Array.isArray(r['expr'])) {
      const chain = chains.get(id(r['family'], r['table'], r['chain']));
      // nft 1.0.6 does not print the flag `dynamic`: what adds to a set tells.
      for (const e of r['expr']) if (isObject(e) && isObject(e['set']) && e['set']['op'] !== 'delete') growing.add(id(r['family'], r['table'], String(e['set']['set']).slice(1)));
      chain?.rules.push({ where: `nft ${chain.family} ${chain.table} ${chain.name}, rule ${String(r['handle'] ?? chain.rules.length + 1)}`, expr: r['expr'] });
    }
  }
  const base = [...chains.values()].filter((c) => c.hook !== null).sort((a, b) => a.prio - b.prio);
  return { chains, base, sets, growing };
}

/** Whether a base chain can do anything to a frame. */
export function acts(c: Chain): boolean {
  return c.drops || c.rules.length > 0;
}

/** What may become of a frame in a chain: each outcome that cannot be ruled out. */
interface Outcome {
  accepted: boolean;
  dropped: boolean;
  /** Runs off the end, or returns. */
  goesOn: boolean;
  by: string | null;
}

const MOST_JUMPS = 16;

/** Names of devices that a `fwd` or `dup` of family netdev sends to: nft 1.0.6 prints them as `dev` or, for dup, as `addr`. */
export function targetsOf(inner: Json): readonly string[] {
  if (typeof inner === 'string') return [inner];
  return isObject(inner) ? [inner['dev'], inner['addr']].filter((x) => typeof x === 'string') : [];
}

const HARMLESS = new Set(['counter', 'log', 'comment', 'notrack', 'last', 'ct helper', 'flow', 'continue']);
/** Statements that end a rule for some frames: whether for this one cannot be told. A set that is full ends it too. */
const SOMETIMES = new Set(['quota', 'meter', 'xt', 'ct count', 'set', 'lookup']);

function applyVerdict(kind: string, value: Json, into: Outcome, ask: Ask, chain: Chain, where: string, depth: number, sure = false): 'ends' | 'on' | 'both' {
  const drop = (): 'ends' => {
    into.dropped = true;
    into.by ??= where;
    return 'ends';
  };
  switch (kind) {
    case 'drop': case 'reject': return drop();
    case 'accept': into.accepted = true; return 'ends';
    case 'return': into.goesOn = true; return 'ends';
    case 'continue': return 'on';
    case 'jump': case 'goto': {
      const name = isObject(value) ? value['target'] : null;
      const target = ask.ruleset.chains.get(id(chain.family, chain.table, name));
      if (target === undefined || depth > MOST_JUMPS) {
        drop();
        into.accepted = true;
        return 'both';
      }
      const inner = walk(target, ask, depth + 1, sure);
      into.accepted ||= inner.accepted;
      if (inner.dropped) {
        into.dropped = true;
        into.by ??= inner.by;
      }
      if (kind === 'goto') {
        into.goesOn ||= inner.goesOn;
        return 'ends';
      }
      return inner.goesOn ? (inner.accepted || inner.dropped ? 'both' : 'on') : 'ends';
    }
    case 'fwd':
      if (targetsOf(value).every((to) => ask.carried.away?.(to) === true)) return drop();
      drop();
      into.accepted = true;
      return 'both';
    default: {
      // queue, dup, mangle, xt targets: what becomes of the frame is not told by the rule.
      drop();
      into.accepted = true;
      return 'both';
    }
  }
}

const ends = (rule: Rule, verdict: string): boolean => rule.expr.some((x) => isObject(x) && verdict in x);

function walk(chain: Chain, ask: Ask, depth: number, certain = true): Outcome {
  const out: Outcome = { accepted: false, dropped: false, goesOn: false, by: null };
  for (const rule of chain.rules) {
    let truth: Truth = true;
    let inTag = false;
    let ended: 'ends' | 'on' | 'both' = 'on';
    for (const e of rule.expr) {
      if (!isObject(e)) continue;
      const kind = Object.keys(e)[0] ?? '';
      const value = e[kind] ?? null;
      if (kind === 'match' && isObject(value)) {
        truth = and(truth, match(value, ask, chain, inTag));
        inTag ||= namesTag(value);
      } else if (kind === 'vmap' && isObject(value)) {
        const verdict = chooses(value, ask, chain, inTag);
        if (verdict === 'none') truth = false;
        else if (!isObject(verdict)) ended = applyVerdict('queue', null, out, ask, chain, rule.where, depth);
        else ended = applyVerdict(Object.keys(verdict)[0] ?? '', verdict[Object.keys(verdict)[0] ?? ''] ?? null, out, ask, chain, rule.where, depth);
      } else if (kind === 'limit') {
        // Who sends on meets it, and fails to meet it: what drops so lets some through, and what accepts so accepts some.
        truth = and(truth, ask.frame.free === undefined ? null : ends(rule, 'drop') || ends(rule, 'reject') ? false : ends(rule, 'accept') ? true : null);
      } else if (kind === 'set' && isObject(value) && addsFor(value, ask, inTag)) {
        continue;
      } else if (SOMETIMES.has(kind)) {
        // What iptables asks of connections nft does not print; rules that accept ask whether it is one that is followed.
        truth = and(truth, ask.carried.fresh === true && kind === 'xt' && isObject(value) && value['name'] === 'conntrack' && ends(rule, 'accept') ? false : null);
      } else if (kind === 'mangle' && isObject(value) && written(value, ask, chain, { truth, inTag, where: rule.where })) {
        continue;
      } else if (!HARMLESS.has(kind)) {
        const sure = certain && truth === true && !out.accepted && !out.dropped;
        if (kind === 'fwd' || kind === 'dup') for (const to of targetsOf(value)) ask.carried.sent?.push({ to, sure });
        // A copy leaves the frame as it is.
        if (kind !== 'dup' || chain.family !== 'netdev') ended = applyVerdict(kind, value, out, ask, chain, rule.where, depth, sure);
      }
      if (truth === false) break;
    }
    if (truth === true && ended === 'ends') return out;
  }
  out.goesOn = true;
  return out;
}

/** What a base chain does with a frame: dropped for certain, passed for certain, or either; with the rule that dropped it. */
export function ask(ruleset: Ruleset, chain: Chain, frame: Frame, at: Spot, carried: Carried = { mark: null }): { readonly passes: boolean; readonly drops: boolean; readonly by: string | null } {
  const out = walk(chain, { ruleset, frame, at: { ...at, prio: chain.prio }, carried }, 0);
  const policy = `nft ${chain.family} ${chain.table} ${chain.name}, policy drop`;
  const byPolicy = out.goesOn && chain.drops;
  return { passes: chain.unsure || out.accepted || (out.goesOn && !chain.drops), drops: out.dropped || byPolicy, by: out.by ?? (byPolicy ? policy : null) };
}
