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
