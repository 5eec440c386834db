import type { Pseudonyms } from './pseudonyms.js';

/** How many leading bits of an IPv4 address stay: those that say what kind of address it is. */
function keptBits(octets: readonly number[]): number {
  const [a = 0, b = 0] = octets;
  if (a === 0 || a === 127 || a >= 224) return 32;
  if (a === 169 && b === 254) return 32;
  if (a === 10) return 8;
  if (a === 172 && b >= 16 && b < 32) return 12;
  if (a === 192 && b === 168) return 16;
  return 0;
}

/** First octets that are ordinary public addresses' alone, so that none becomes a private or special one. */
const PUBLIC = Array.from({ length: 223 }, (_, i) => i + 1).filter((n) => ![10, 100, 127, 169, 172, 192, 198, 203].includes(n));

/**
 * Addresses keep their structure: what shares a prefix shares one afterwards, for every length of prefix, and the last byte
 * (the last 64 bits of IPv6) stays, so that gateways, ranges and broadcast addresses stay what they are.
 */
export class Addresses {
  readonly #bits = new Map<string, number>();
  readonly #done = new Map<string, string>();

  constructor(private readonly pseudonyms: Pseudonyms) {}

  #bit(prefix: string): number {
    let bit = this.#bits.get(prefix);
    if (bit === undefined) this.#bits.set(prefix, (bit = parseInt(this.pseudonyms.hex('bit', prefix).slice(0, 1), 16) & 1));
    return bit;
  }

  /** Flips each bit from `from` up to `to` by what stands before it. */
  #mix(bits: string, from: number, to: number, family: string): string {
    let out = bits.slice(0, from);
    for (let i = from; i < to; i += 1) out += String(Number(bits[i]) ^ this.#bit(`${family}${bits.slice(0, i)}`));
    return out + bits.slice(to);
  }

  #v4(text: string, prefix: number | null): string {
    const octets = text.split('.').map(Number);
    const kept = keptBits(octets);
    if (kept === 32) return text;
    let bits = octets.map((o) => o.toString(2).padStart(8, '0')).join('');
    bits = this.#mix(bits, Math.max(kept, 8), 24, 'v4 ');
    if (prefix !== null && /^0*$/u.test(octets.map((o) => o.toString(2).padStart(8, '0')).join('').slice(prefix))) bits = bits.slice(0, prefix).padEnd(32, '0');
    const out = [0, 8, 16, 24].map((i) => parseInt(bits.slice(i, i + 8), 2));
    const place = PUBLIC.indexOf(octets[0] ?? 0);
    if (kept === 0 && place >= 0) out[0] = PUBLIC[(place + (parseInt(this.pseudonyms.hex('octet', '').slice(0, 4), 16) % PUBLIC.length)) % PUBLIC.length] ?? 1;
    return out.join('.');
  }

  #v6(text: string, prefix: number | null): string {
    const [head = '', tail] = text.split('::');
    const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
    const right = tail === undefined ? [] : groups(tail);
    const left = groups(head);
    const all = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
    const numbers = all.map((g) => parseInt(g, 16));
    if (numbers.length !== 8 || numbers.some((n) => Number.isNaN(n))) return this.pseudonyms.name(text);
    const first = numbers[0] ?? 0;
    // Loopback, link-local and multicast prefixes say nothing of the host; the interface part still does.
    const special = first === 0 || first >= 0xfe80;
    let bits = numbers.map((n) => n.toString(2).padStart(16, '0')).join('');
    if (!special) bits = this.#mix(bits, 16, 64, 'v6 ');
    const eui = numbers[5] !== undefined && (numbers[5] & 0xff) === 0xff && numbers[6] !== undefined && numbers[6] >> 8 === 0xfe;
    const low = bits.slice(64);
    if (eui && first < 0xff00) bits = bits.slice(0, 64) + BigInt(`0x${this.pseudonyms.hex('eui', low).slice(0, 16)}`).toString(2).padStart(64, '0');
    if (prefix !== null && /^0*$/u.test(numbers.map((n) => n.toString(2).padStart(16, '0')).join('').slice(prefix))) bits = bits.slice(0, prefix).padEnd(128, '0');
    const out = Array.from({ length: 8 }, (_, i) => parseInt(bits.slice(i * 16, i * 16 + 16), 2).toString(16)).join(':');
    return out.replace(/(^|:)0(:0)+(?=:|$)/u, ':').replace(/^:(?!:)/u, '::').replace(/:$/u, '::').replace(/:{3,}/u, '::');
  }

  /** An address, alone or in CIDR form (`default` and the like stay). */
  ip(text: string): string {
    const before = this.#done.get(text);
    if (before !== undefined) return before;
    const [address = '', length] = text.split('/');
    const prefix = length === undefined || !/^\d+$/u.test(length) ? null : Number(length);
    const end = length === undefined ? '' : `/${length}`;
    const made = /^\d{1,3}(\.\d{1,3}){3}$/u.test(address) ? `${this.#v4(address, prefix)}${end}` : /^[0-9a-f:]*:[0-9a-f:]*$/iu.test(address) ? `${this.#v6(address.toLowerCase(), prefix)}${end}` : text;
    this.#done.set(text, made);
    return made;
  }

  /** A MAC: another one, each its own. Broadcast, multicast and nothing stay what they are. */
  mac(text: string): string {
    const lower = text.toLowerCase();
    if (lower === '' || /^(00:){5}00$|^(ff:){5}ff$|^01:|^33:33:/u.test(lower)) return text;
    const hex = this.pseudonyms.hex('mac', lower);
    return `02${[0, 2, 4, 6, 8].map((i) => `:${hex.slice(i, i + 2)}`).join('')}`;
  }

  /** Every address and MAC within a longer text. Netmasks (255.…) stay. */
  within(text: string): string {
    return text
      .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/giu, (m) => this.mac(m))
      .replace(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?![\d.])/gu, (m) => (m.startsWith('255.') ? m : this.ip(m)))
      .replace(/(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}(?:::[0-9a-f:]*)?(?:\/\d{1,3})?(?![0-9a-f:])|(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){0,6}:[0-9a-f:]+(?:\/\d{1,3})?(?![0-9a-f:])/giu, (m) => (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/iu.test(m) ? m : this.ip(m)));
  }
}
