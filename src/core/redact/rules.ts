import type { Json } from '../model/network.js';
import type { Addresses } from './addresses.js';
import type { Pseudonyms } from './pseudonyms.js';

/** Names in rulesets that every host has: of the tools, of the engines, and of the kernel's hooks. */
const PLAIN = /^(filter|nat|mangle|raw|security|broute|INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING|BROUTING|input|output|forward|prerouting|postrouting|ingress|egress|ACCEPT|DROP|RETURN|CONTINUE|REJECT|QUEUE|MASQUERADE|DNAT|SNAT|LOG|mark|accept|drop|docker-bridges|DOCKER[A-Z0-9-]*|CNI-[A-Z-]*|NETAVARK[A-Z0-9_-]*|raw-PREROUTING|filter-FORWARD|nat-.*)$/u;
/** Members whose text is a name that somebody chose. */
const NAMED = new Set(['table', 'chain', 'name', 'target', 'set', 'map', 'flowtable', 'comment', 'jump', 'goto', 'prefix', 'cookie']);
/** Members whose text is an interface. */
const DEVICES = new Set(['dev', 'device', 'ifname', 'iifname', 'oifname']);

/**
 * A ruleset with its addresses, interfaces and names replaced, and nothing else touched: it stops the same frames. `nft` and
 * `tc` objects, or the lines of the legacy tools.
 */
export function redactRules(rules: readonly Json[], names: Pseudonyms, addresses: Addresses): readonly Json[] {
  const name = (text: string): string => (PLAIN.test(text) ? text : names.name(text));
  const leaf = (text: string, key: string): string => {
    if (DEVICES.has(key)) return text.endsWith('*') ? text : names.interface(text);
    if (NAMED.has(key)) return name(text);
    if (text.startsWith('@')) return `@${name(text.slice(1))}`;
    const moved = addresses.within(text);
    return moved === text ? (names.replaced.get(text) ?? text) : moved;
  };
  const walk = (value: Json, key: string, isDevice: boolean): Json => {
    if (typeof value === 'string') return isDevice ? leaf(value, 'dev') : leaf(value, key);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => walk(item, key, isDevice));
    const object = value as Readonly<Record<string, Json>>;
    const { addr, len } = object;
    if (typeof addr === 'string' && typeof len === 'number') return { ...object, addr: addresses.ip(`${addr}/${len}`).split('/')[0] ?? addr };
    // A match on an interface's name has the name at its right.
    const device = typeof object['left'] === 'object' && object['left'] !== null && /"(ii|oi|i|o)f(name)?"|"ibrname"|"obrname"|"iifname"/u.test(JSON.stringify(object['left']));
    return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, k === 'left' ? v : walk(v, k, isDevice || (device && k === 'right'))]));
  };
  return rules.map((rule) => (typeof rule === 'string' ? line(rule, names, addresses, name) : walk(rule, '', false)));
}

/** A line of ebtables-save or arptables-save: words after the options that take a name, an interface or an address. */
function line(text: string, names: Pseudonyms, addresses: Addresses, name: (text: string) => string): string {
  const words = text.split(' ');
  const out = words.map((word, i) => {
    const before = words[i - 1] ?? '';
    if (/^(-i|-o|--in-interface|--out-interface|--logical-in|--logical-out)$/u.test(before)) return word.endsWith('+') ? word : names.interface(word);
    if (/^(-A|-N|-P|-j|--jump|--append)$/u.test(before)) return name(word);
    if (word.startsWith(':') && i === 0) return `:${name(word.slice(1))}`;
    return addresses.within(word);
  });
  return out.join(' ');
}
