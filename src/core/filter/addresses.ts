/** An address as a number with its width, or null. IPv4 and IPv6, the latter also shortened. */
function numeric(text: string): { readonly value: bigint; readonly bits: number } | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every((n) => n < 256) ? { value: parts.reduce((sum, n) => sum * 256n + BigInt(n), 0n), bits: 32 } : null;
  }
  if (!text.includes(':') || !/^[0-9a-f:]+$/i.test(text)) return null;
  const [head, tail, ...rest] = text.split('::');
  if (rest.length > 0) return null;
  const groups = (s: string | undefined) => (s === undefined || s === '' ? [] : s.split(':'));
  const [a, b] = [groups(head), groups(tail)];
  const missing = tail === undefined ? 0 : 8 - a.length - b.length;
  const all = [...a, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...b];
  if (all.length !== 8 || all.some((g) => !/^[0-9a-f]{1,4}$/i.test(g))) return null;
  return { value: all.reduce((sum, g) => sum * 65536n + BigInt(`0x${g}`), 0n), bits: 128 };
}

/** Whether a text is a subnet in CIDR form. */
export function isSubnet(text: string): boolean {
  const [base, bits, ...rest] = text.split('/');
  if (rest.length > 0 || bits === undefined || !/^\d{1,3}$/.test(bits)) return false;
  const found = numeric(base ?? '');
  return found !== null && Number(bits) <= found.bits;
}

/** Whether an address lies in a subnet in CIDR form. */
export function inSubnet(address: string, subnet: string): boolean {
  const [base, bits] = subnet.split('/');
  const [a, b] = [numeric(address), numeric(base ?? '')];
  if (!a || !b || a.bits !== b.bits) return false;
  const shift = BigInt(a.bits - Number(bits));
  return a.value >> shift === b.value >> shift;
}
