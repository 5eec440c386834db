import { isKnown, valueOf } from '../model/reading.js';
import type { Json } from '../model/network.js';
import { filtersOf } from './filter/rules.js';
import { guards } from './guards.js';
import type { Host } from './host.js';
import { attackersOf, othersThan, techniquesFor, victimsOf, type Court } from './pair.js';
import type { Judgement } from './types.js';
import type { Party, Wire } from './wire.js';
import { alike } from './alike.js';

type Sham = Judgement['sham'][number];

/** Filters and ports that were not read, in words. */
export function unreadFilters(host: Host): readonly string[] {
  const out = new Set<string>();
  const net = host.nets.get('host');
  for (const [what, r] of [['nft rules of the host', net?.nft], ['ebtables rules of the host', net?.ebtables], ['tc filters of the host', net?.tc]] as const) {
    if (r !== undefined && !isKnown(r)) out.add(`${what}: ${r.unknown} (${r.source})`);
  }
  return [...out];
}

/** More pairs of one segment than this tell nothing new about its rules. */
const MOST_PAIRS = 64;

/** One party of each kind. */
function kinds(parties: readonly Party[], host: Host): readonly Party[] {
  const out = new Map<string, Party>();
  for (const p of parties) {
    const key = alike(p, host);
    if (!out.has(key)) out.set(key, p);
  }
  return [...out.values()];
}

/** Rules that drop some forged frames of a pair which others of the same kind pass; not those that stop another pair for good. */
function halfGuards(court: Court, wire: Wire): readonly Sham[] {
  const { host } = court;
  const parties = [...wire.members, ...wire.hostParties];
  if (![...new Set(['host', ...parties.map((p) => p.plug.net)])].some((net) => filtersOf(host.nets.get(net)).touching)) return [];
  const half = new Map<string, string>();
  const whole = new Set<string>();
  let left = MOST_PAIRS;
  for (const a of kinds(attackersOf(wire), host)) {
    for (const v of kinds(victimsOf(wire), host)) {
      if (a.plug.net === v.plug.net || left-- <= 0) continue;
      for (const technique of techniquesFor(false, a, v, wire, court)) {
        if (technique === 'table-write') continue;
        const masks = othersThan(court.masks(wire), a, v).slice(0, 3);
        const { answer, trials } = guards(technique, a, v, masks, host, court.rights(a), true);
        for (const t of trials) {
          for (const [rule, frame] of t.dropped) {
            if (answer.state === 'shut') whole.add(rule);
            else if (t.certain && t.through !== null) half.set(rule, `It drops the ${frame}; the ${t.through.name} does the same and passes.`);
          }
        }
      }
    }
  }
  return [...half].filter(([rule]) => !whole.has(rule)).map(([where, why]) => ({ where, why }));
}

/** Rules where no forged frame of a container ever passes. */
function asideOf(host: Host): readonly Sham[] {
  const out: Sham[] = [];
  const outer = host.nets.get('host');
  const drops = (rules: readonly Json[]) => /"drop"|"reject"/.test(JSON.stringify(rules));
  const bridges = new Set(host.snapshot.interfaces.filter((i) => i.kind === 'bridge').map((i) => i.name));
  for (const c of filtersOf(outer).nft?.base ?? []) {
    const dropping = c.drops || drops(c.rules.flatMap((r) => r.expr));
    if (!dropping) continue;
    if (c.family === 'arp') out.push({ where: `nft arp ${c.table} ${c.name}`, why: 'It sees what the host itself takes or sends; frames between containers cross the bridge below it.' });
    if (c.family === 'inet' && c.hook === 'ingress') out.push({ where: `nft inet ${c.table} ${c.name}`, why: 'Family inet is shown IP alone at ingress; ARP passes by.' });
    if (c.family === 'netdev' && c.hook === 'ingress' && c.devices?.every((d) => bridges.has(d)) === true) out.push({ where: `nft netdev ${c.table} ${c.name}`, why: 'The bridge’s own device sees only what is for the host; frames between its ports do not pass there.' });
  }
  return out;
}

const HALF_SYSCTLS: readonly { readonly match: RegExp; readonly on: (value: string) => boolean; readonly why: string }[] = [
  { match: /^net\.ipv4\.conf\.(?!lo\.)[^.]+\.drop_gratuitous_arp$/, on: (v) => v === '1', why: 'It drops gratuitous messages; an ordinary request or reply does the same and is taken.' },
  { match: /^net\.ipv4\.conf\.(?!lo\.)[^.]+\.arp_filter$/, on: (v) => v === '1', why: 'It decides who answers, not who is believed.' },
  { match: /^net\.ipv4\.conf\.(?!lo\.)[^.]+\.arp_ignore$/, on: (v) => v !== '0', why: 'It decides which requests are answered; replies still change the entries that are there.' },
  { match: /^net\.ipv6\.conf\.(?!lo\.)[^.]+\.drop_unsolicited_na$/, on: (v) => v === '1', why: 'It drops unsolicited advertisements; a solicited one, or a solicitation, does the same and is taken.' },
];

/** Settings of a segment's members that look like a guard. */
function halfSettings(wire: Wire, host: Host): readonly Sham[] {
  const out: Sham[] = [];
  if (valueOf(wire.segment.icc) === false && wire.members.length > 1) out.push({ where: `${wire.segment.name}: icc=false`, why: 'It drops IP between ports; a forged ARP message is no IP, and what the host sends passes no rule between ports.' });
  const seen = new Set<string>();
  for (const p of wire.members) {
    const suppress = p.plug.port?.port?.neighSuppress;
    if (suppress !== undefined && valueOf(suppress) === true) out.push({ where: `neigh_suppress on ${p.plug.port?.name ?? ''}`, why: 'It keeps gratuitous messages from the port; others reach it.' });
    if (seen.has(p.plug.net)) continue;
    seen.add(p.plug.net);
    const sysctls = host.nets.get(p.plug.net)?.sysctls;
    if (sysctls === undefined || !isKnown(sysctls)) continue;
    for (const [name, value] of Object.entries(sysctls.value)) {
      const half = HALF_SYSCTLS.find((h) => h.match.test(name) && h.on(value));
      if (half !== undefined) out.push({ where: `${name}=${value} in ${p.workload?.name ?? p.id}`, why: half.why });
    }
  }
  return out;
}

/** Things on one segment that look like a guard and are none: where, and why not. */
export function shamOn(court: Court, wire: Wire): readonly Sham[] {
  return [...halfGuards(court, wire), ...halfSettings(wire, court.host)];
}

/** The same for the host as a whole. */
export function shamOnHost(court: Court): readonly Sham[] {
  return asideOf(court.host);
}
