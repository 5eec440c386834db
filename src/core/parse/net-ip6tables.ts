import type { Json } from '../model/index.js';

const HOOKS: Readonly<Record<string, string>> = { PREROUTING: 'prerouting', INPUT: 'input', FORWARD: 'forward', POSTROUTING: 'postrouting' };
const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };
const VERDICTS6: Readonly<Record<string, string>> = { DROP: 'drop', REJECT: 'drop', ACCEPT: 'accept', RETURN: 'return' };

/**
 * Rules of `ip6tables-save` (or, for family ip, `iptables-save`) as nft would list them, in tables named by a prefix (`legacy-…`
 * for the legacy tools'): chains, verdicts, protocols, interfaces, addresses, types of ICMPv6, hop limits, MACs and states.
 * Any other match is one that cannot be told (`xt`), and so is a target that is no verdict and no chain.
 */
export function parseIp6tables(text: string, family: 'ip' | 'ip6' = 'ip6', prefix = 'legacy-'): readonly Json[] {
  const chains: Json[] = [];
  const rules: Json[] = [];
  let table = '';
  let own = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = line.slice(1).trim();
      own = new Set();
    } else if (line.startsWith(':')) {
      const [name = '', policy = '-'] = line.slice(1).split(/\s+/);
      own.add(name);
      const hook = HOOKS[name];
      chains.push({ chain: { family, table: `${prefix}${table}`, name, ...(hook === undefined || policy === '-' ? {} : { hook, prio: PRIORITIES[table] ?? 0, policy: policy.toLowerCase() }) } });
    } else if (line.startsWith('-A ')) {
      const [, chain = '', ...words] = line.trim().match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
      rules.push({ rule: { family, table: `${prefix}${table}`, chain, expr: expressions(words, own, family) } });
    }
  }
  return [...chains, ...rules];
}

const meta = (key: string): Json => ({ meta: { key } });
const field = (protocol: string, name: string): Json => ({ payload: { protocol, field: name } });
/** Words that name a match's extension and say nothing themselves. */
const NAMED = new Set(['-m', '--comment']);
const ORDERS: Readonly<Record<string, string>> = { '--hl-eq': '==', '--hl-lt': '<', '--hl-gt': '>' };
const OF_TRANSPORTS = new Set(['--dport', '--sport', '--dports', '--sports', '--tcp-flags', '--syn']);

const network = (word: string): Json => {
  const [addr = '', len] = word.split('/');
  return len === undefined || len === '128' || len === '32' ? addr : { prefix: { addr, len: Number(len) } };
};

/** One option of a rule, its word and whether it is negated, as a match of nft; null for one that is not read. */
function told(option: string, word: string, no: boolean, family: 'ip' | 'ip6', transport: string): Json | null {
  const is = (left: Json, right: Json, op = '=='): Json => ({ match: { op: no ? (op === '==' || op === 'in' ? '!=' : op) : op, left, right } });
  switch (option) {
    case '-p': return /^[a-z0-9-]+$/.test(word) ? is(meta('l4proto'), word) : null;
    case '-i': return is(meta('iifname'), word.replace(/\+$/, '*'));
    case '-o': return is(meta('oifname'), word.replace(/\+$/, '*'));
    case '-s': return is(field(family, 'saddr'), network(word));
    case '-d': return is(field(family, 'daddr'), network(word));
    case '--icmpv6-type': return /^\d+$/.test(word) ? is(field('icmpv6', 'type'), Number(word)) : null;
    case '--hl-eq': case '--hl-lt': case '--hl-gt': return /^\d+$/.test(word) && (!no || option === '--hl-eq') ? is(field('ip6', 'hoplimit'), Number(word), ORDERS[option]) : null;
    case '--mac-source': return is(field('ether', 'saddr'), word.toLowerCase());
    case '--ctstate': case '--state': return is({ ct: { key: 'state' } }, word.toLowerCase().split(','), 'in');
    // Neighbour messages have no ports, and of other packets these are not known.
    default: return OF_TRANSPORTS.has(option) && transport !== '' ? is(field(transport, 'dport'), word) : null;
  }
}

function expressions(words: readonly string[], own: ReadonlySet<string>, family: 'ip' | 'ip6'): Json[] {
  const out: Json[] = [];
  let no = false;
  const transport = ['tcp', 'udp'].find((name) => words.some((w, n) => w === '-p' && words[n + 1] === name && words[n - 1] !== '!')) ?? '';
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '!') {
      no = true;
      continue;
    }
    const value = words[i + 1] ?? '';
    if (word === '-j' || word === '-g') {
      const verdict = VERDICTS6[value];
      out.push(verdict !== undefined ? { [verdict]: null } : own.has(value) ? { [word === '-j' ? 'jump' : 'goto']: { target: value } } : { xt: null });
      return out;
    }
    // The rest of its words are of matches that are not read, up to what it does.
    const match = NAMED.has(word) ? undefined : told(word, value, no, family, transport);
    if (match === null) {
      out.push({ xt: null });
      const next = words.findIndex((w, n) => n > i && (w === '-j' || w === '-g'));
      if (next < 0) return out;
      i = next - 1;
    } else {
      if (match !== undefined) out.push(match);
      i++;
    }
    no = false;
  }
  return out;
}
