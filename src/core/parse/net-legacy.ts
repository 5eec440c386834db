import type { Json } from '../model/index.js';

/** What a legacy packet filter's listing says: rules in the form of its `-save`, or that the kernel has no such table. */
export type LegacyTable = { readonly rules: readonly string[] } | { readonly none: true } | { readonly failed: string };

const NO_TABLE = /kernel doesn't support|Table does not exist|can't initialize/i;

/** `ebtables-legacy -t TABLE -L` as lines of `ebtables-save`. An untouched table (no rule, policies ACCEPT) has no lines. */
export function parseEbtables(text: string): LegacyTable {
  if (NO_TABLE.test(text)) return { none: true };
  let table = '';
  let chain = '';
  const chains: string[] = [];
  const rules: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    const t = /^Bridge table: (\S+)/.exec(line);
    const c = /^Bridge chain: (\S+?), entries: \d+, policy: (\S+)/.exec(line);
    if (t?.[1] !== undefined) table = t[1];
    else if (c?.[1] !== undefined) {
      chain = c[1];
      chains.push(`:${chain} ${c[2]}`);
    } else if (line !== '' && chain !== '') rules.push(`-A ${chain} ${line}`);
  }
  if (table === '') return { failed: text.trim().split('\n')[0]?.slice(0, 200) ?? '' };
  const untouched = rules.length === 0 && chains.every((c) => c.endsWith(' ACCEPT'));
  return { rules: untouched ? [] : [`*${table}`, ...chains, ...rules] };
}

/** `arptables-legacy -t filter -L -n -v` as lines of `arptables-save`; -v is needed, without it a rule's interfaces are not told. */
export function parseArptables(text: string): LegacyTable {
  if (NO_TABLE.test(text)) return { none: true };
  let chain = '';
  const chains: string[] = [];
  const rules: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    const c = /^Chain (\S+) \((?:policy ([A-Z]+))?/.exec(line);
    if (c?.[1] !== undefined) {
      chain = c[1];
      chains.push(`:${chain} ${c[2] ?? '-'}`);
    } else if (line !== '' && chain !== '') rules.push(`-A ${chain} ${line.replace(/ ?, pcnt=.*$/, '').replace(/ -[io] \*(?= |$)/g, '')}`);
  }
  if (chains.length === 0) return { failed: text.trim().split('\n')[0]?.slice(0, 200) ?? '' };
  const untouched = rules.length === 0 && chains.every((c) => c.endsWith(' ACCEPT') || c.endsWith(' -'));
  return { rules: untouched ? [] : ['*filter', ...chains, ...rules] };
}

const HOOKS: Readonly<Record<string, string>> = { PREROUTING: 'prerouting', INPUT: 'input', FORWARD: 'forward' };
const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };
const VERDICTS6: Readonly<Record<string, string>> = { DROP: 'drop', REJECT: 'drop', ACCEPT: 'accept', RETURN: 'return' };

/**
 * Rules of `ip6tables-legacy-save` (or, for family ip, `iptables-legacy-save`) as nft would list them, in tables named `legacy-…`:
 * chains, verdicts, protocol and interfaces. Any other match is one that cannot be told (`xt`), and so is a target that is no verdict and no chain.
 */
export function parseIp6tables(text: string, family: 'ip' | 'ip6' = 'ip6'): readonly Json[] {
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
      chains.push({ chain: { family, table: `legacy-${table}`, name, ...(hook === undefined || policy === '-' ? {} : { hook, prio: PRIORITIES[table] ?? 0, policy: policy.toLowerCase() }) } });
    } else if (line.startsWith('-A ')) {
      const [, chain = '', ...words] = line.trim().split(/\s+/);
      rules.push({ rule: { family, table: `legacy-${table}`, chain, expr: expressions(words, own) } });
    }
  }
  return [...chains, ...rules];
}

function expressions(words: readonly string[], own: ReadonlySet<string>): Json[] {
  const out: Json[] = [];
  const is = (key: string, right: string): Json => ({ match: { op: '==', left: { meta: { key } }, right } });
  for (let i = 0; i < words.length; i += 2) {
    const [word = '', value = ''] = words.slice(i, i + 2);
    if (word === '-j' || word === '-g') {
      const verdict = VERDICTS6[value];
      out.push(verdict !== undefined ? { [verdict]: null } : own.has(value) ? { [word === '-j' ? 'jump' : 'goto']: { target: value } } : { xt: null });
      return out;
    }
    if (word === '-p' && /^[a-z0-9-]+$/.test(value)) out.push(is('l4proto', value));
    else if (word === '-i') out.push(is('iifname', value.replace(/\+$/, '*')));
    else if (word === '-o') out.push(is('oifname', value.replace(/\+$/, '*')));
    else {
      // The rest of its words are of matches that are not read, up to what it does.
      out.push({ xt: null });
      const next = words.findIndex((w, n) => n > i && (w === '-j' || w === '-g'));
      if (next < 0) return out;
      i = next - 2;
    }
  }
  return out;
}
