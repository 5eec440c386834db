/** An IPv4 address as a number, null where it is none. Asked some ten thousand times of a large host: no texts are made. */
function four(address: string): number | null {
  let all = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < address.length; i++) {
    const digit = address.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      part = (part < 0 ? 0 : part * 10) + digit;
      if (part > 255) return null;
    } else if (digit === -2 && part >= 0) {
      all = all * 256 + part;
      part = -1;
      dots += 1;
    } else return null;
  }
  return part < 0 || dots !== 3 ? null : all * 256 + part;
}

/** An IPv6 address in full, for comparing: 128 bits. Null where it is none. */
function six(address: string): bigint | null {
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
  const wide = a.includes(':');
  if (wide !== b.includes(':')) return false;
  const bits = wide ? six : four;
  const one = bits(addressOf(a));
  return one !== null && one === bits(addressOf(b));
}

/** Whether an address or network lies within a network, both in CIDR form (a bare address is a network of one). */
export function inNetwork(inner: string, outer: string): boolean {
  const wide = inner.includes(':');
  if (wide !== outer.includes(':')) return false;
  const size = wide ? 128 : 32;
  const inPrefix = Number(inner.split('/')[1] ?? size);
  const outPrefix = Number(outer.split('/')[1] ?? size);
  if (!(inPrefix >= outPrefix) || outPrefix < 0 || outPrefix > size || !Number.isInteger(outPrefix)) return false;
  if (wide) {
    const [a, b] = [six(addressOf(inner)), six(addressOf(outer))];
    const shift = BigInt(size - outPrefix);
    return a !== null && b !== null && a >> shift === b >> shift;
  }
  const [a, b] = [four(addressOf(inner)), four(addressOf(outer))];
  const block = 2 ** (size - outPrefix);
  return a !== null && b !== null && Math.floor(a / block) === Math.floor(b / block);
}
