import { valueOf } from '../../model/reading.js';
import type { Json, NetNamespace } from '../../model/network.js';
import { isObject } from './json.js';
import type { Chain } from './nft.js';
import { filtersOf } from './rules.js';
import { redirections, type Redirection } from './tc.js';

/** Names of devices that a `fwd` or `dup` of family netdev sends to: nft 1.0.6 prints them as `dev` or, for dup, as `addr`. */
function targets(statement: Json): readonly string[] {
  if (!isObject(statement)) return [];
  const inner = statement['fwd'] ?? statement['dup'];
  if (typeof inner === 'string') return [inner];
  return isObject(inner) ? [inner['dev'], inner['addr']].filter((x) => typeof x === 'string') : [];
}

/** Statements that let every frame go on to the next of their rule. */
const EVERY = new Set(['counter', 'log']);
const everything = (before: readonly Json[]): boolean => before.every((s) => isObject(s) && Object.keys(s).every((key) => EVERY.has(key)));

/** Where rules of nft at the ingress of a device send its frames. One that does so under a condition, or for a device that nft did not name, is not followed (`out: false`). */
function byNft(chain: Chain, devices: readonly string[]): readonly Redirection[] {
  return chain.rules.flatMap((rule, n) =>
    rule.expr.flatMap((statement, at) =>
      targets(statement).flatMap((to) =>
        devices.map((from) => ({ from, to, out: chain.devices !== null && n === 0 && everything(rule.expr.slice(0, at)) })),
      ),
    ),
  );
}

const made = new WeakMap<NetNamespace, readonly Redirection[]>();

/** Where actions of tc and rules of nft send the frames that come in at a device of a net namespace, before a bridge is asked. */
export function sentFrom(net: NetNamespace | undefined): readonly Redirection[] {
  if (net === undefined) return [];
  let all = made.get(net);
  if (all === undefined) {
    const ruleset = filtersOf(net).nft;
    const here = ruleset === null ? [] : [...ruleset.chains.values()].filter((c) => c.family === 'netdev');
    const entries = here.filter((c) => c.hook === 'ingress');
    const devices = [...new Set(entries.flatMap((c) => c.devices ?? []))];
    // A chain that is only jumped to may be entered from any of them.
    const nft = here.flatMap((c) => (c.hook === 'ingress' ? byNft(c, c.devices ?? devices) : byNft({ ...c, devices: null }, devices)));
    made.set(net, (all = [...redirections(valueOf(net.tc) ?? []), ...nft]));
  }
  return all;
}
