import { valueOf } from '../../model/reading.js';
import type { Json, NetNamespace } from '../../model/network.js';
import { isObject } from './json.js';
import type { NetInterface } from '../../model/network.js';
import type { Frame } from '../frames.js';
import type { Host } from '../host.js';
import type { Carried } from './fields.js';
import { ask, targetsOf, type Chain } from './nft.js';
import { chainsAt, filtersOf } from './rules.js';
import { askTc, redirections, type Redirection } from './tc.js';

/** Targets of one statement. */
function targets(statement: Json): readonly string[] {
  return isObject(statement) ? targetsOf(statement['fwd'] ?? statement['dup'] ?? null) : [];
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

/** In place of a device’s name: nft did not tell which. */
export const ANY = '*';

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
    const nft = here.flatMap((c) => (c.hook === 'ingress' ? byNft(c, c.devices ?? [ANY]) : byNft({ ...c, devices: null }, devices)));
    made.set(net, (all = [...redirections(valueOf(net.tc) ?? []), ...nft]));
  }
  return all;
}

/** Where a frame that comes in at a device is sent, by tc first and nft after it: what stops it before that counts. */
export function sends(net: NetNamespace | undefined, dev: NetInterface, f: Frame): readonly { readonly to: string; readonly sure: boolean }[] {
  const { tc, nft } = filtersOf(net);
  const sent: { readonly to: string; readonly sure: boolean }[] = [];
  const carried: Carried = { mark: null, sent };
  const first = tc === null ? null : askTc(tc, dev.name, 'ingress', f, carried);
  if (first?.passes === false) return sent;
  let sure = first?.drops !== true;
  for (const c of chainsAt(nft, ['netdev'], 'ingress', dev.name)) {
    const before = sent.length;
    const fate = nft === null ? null : ask(nft, c, f, { family: 'netdev', iif: dev.name, oif: null, bridge: '', mine: valueOf(dev.mac) ?? '' }, carried);
    if (!sure || c.devices === null) for (const s of sent.splice(before)) sent.push({ ...s, sure: false });
    if (fate?.passes === false) break;
    sure &&= fate?.drops !== true;
  }
  return sent;
}

/** Whether what leaves at a device ends there: on the loopback, or in a net namespace that is neither the host's nor the victim's and hands nothing on. */
export function leadsAway(net: string, to: string, victim: string, host: Host): boolean {
  const dev = host.interfaces.get(`${net}/${to}`);
  if (dev?.kind === 'loopback') return true;
  const far = dev?.kind === 'veth' ? host.interfaces.get(valueOf(dev.peer) ?? '') : undefined;
  if (far === undefined || far.net === 'host' || far.net === victim || valueOf(far.master) !== '') return false;
  const filters = filtersOf(host.nets.get(far.net));
  return valueOf(far.xdp)?.length === 0 && !host.uppers.has(far.id) && !filters.touching && filters.nft !== null && filters.tc !== null;
}
