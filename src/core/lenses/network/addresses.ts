/** The part of an address that differs within its segment: `.12` in a /24, `.3.12` where a /16 needs it; IPv6 from its last group. */
export function shortAddress(address: string, subnets: readonly string[]): string {
  const plain = address.split('/')[0] ?? '';
  if (plain === '') return '';
  if (plain.includes(':')) return `::${plain.split(':').at(-1) ?? ''}`;
  const parts = plain.split('.');
  const bits = Number(subnets.find((s) => s.includes('.'))?.split('/')[1] ?? 24);
  const fixed = Math.min(3, Math.floor(bits / 8));
  const rest = parts.slice(fixed);
  while (rest.length > 1 && rest[0] === '0') rest.shift();
  return `.${rest.join('.')}`;
}

/** Addresses of a stack, told as a range: `.2–.9`, or the first two. */
export function addressRange(addresses: readonly string[]): string {
  const numbers = addresses.map((a) => (/^\.\d+$/.test(a) ? Number(a.slice(1)) : NaN));
  if (addresses.length < 2 || numbers.some(Number.isNaN)) return addresses.slice(0, 2).join(', ');
  const sorted = [...numbers].sort((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  if (addresses.length === 2) return `.${first}, .${last}`;
  return last - first === sorted.length - 1 ? `.${first}–.${last}` : `.${first} … .${last}`;
}
