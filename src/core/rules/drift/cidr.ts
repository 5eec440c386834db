/** An address in full, for comparing: bits of 32 or 128. Null where it is none. */
function bits(address: string): bigint | null {
  if (!address.includes(':')) {
    const parts = address.split('.').map(Number);
    if (parts.length !== 4 || parts.some((p) => !Number.isInteger(p) || p < 0 || p > 255)) return null;
    return parts.reduce((n, p) => n * 256n + BigInt(p), 0n);
  }
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = tail === undefined ? 0 : 8 - left.length - right.length;
  if (middle < 0 || left.length + middle + right.length !== 8) return null;
  let n = 0n;
  for (const g of [...left, ...Array<string>(middle).fill('0'), ...right]) {
    if (!/^[0-9a-f]{1,4}$/iu.test(g)) return null;
    n = n * 65536n + BigInt(parseInt(g, 16));
  }
  return n;
}

export function addressOf(cidr: string): string {
  return cidr.split('/')[0] ?? cidr;
}

/** Whether two texts are one address, however IPv6 is shortened. */
export function sameAddress(a: string, b: string): boolean {
  return a.includes(':') === b.includes(':') && bits(addressOf(a)) !== null && bits(addressOf(a)) === bits(addressOf(b));
}

/** Whether an address or network lies within a network, both in CIDR form (a bare address is a network of one). */
export function inNetwork(inner: string, outer: string): boolean {
  const six = inner.includes(':');
  if (six !== outer.includes(':')) return false;
  const size = six ? 128 : 32;
  const a = bits(addressOf(inner));
  const b = bits(addressOf(outer));
  const inPrefix = Number(inner.split('/')[1] ?? size);
  const outPrefix = Number(outer.split('/')[1] ?? size);
  if (a === null || b === null || !(inPrefix >= outPrefix) || outPrefix < 0 || outPrefix > size) return false;
  const shift = BigInt(size - outPrefix);
  return a >> shift === b >> shift;
}
