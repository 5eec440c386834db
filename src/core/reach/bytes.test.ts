import { describe, expect, test } from 'vitest';
import { bytesOf, isFree } from './bytes.js';
import { arpFrames, ndFrames, stealFrames, type Frame } from './frames.js';

const A = { mac: '02:00:00:00:00:0a', ip: '10.9.0.10' };
const V = { mac: '02:00:00:00:00:0f', ip: '10.9.0.15' };
const X = { mac: '02:00:00:00:00:37', ip: '10.9.0.55' };
const six = (e: { readonly mac: string }, ip: string) => ({ mac: e.mac, ip });
const nd = [...ndFrames(six(A, 'fe80::a'), six(V, 'fe80::f'), six(X, 'fe80::37'), { own: null, router: true })];
const steals = [...stealFrames(A, X)];
const hex = (f: Frame): string => bytesOf(f);
/** Of a part from one byte up to another. */
const part = (text: string, from: number, to?: number): string => text.slice(2 * from, to === undefined ? undefined : 2 * to);
const words = (text: string): readonly number[] => (text.match(/.{1,4}/g) ?? []).map((w) => Number.parseInt(w.padEnd(4, '0'), 16));
/** The sum of RFC 1071, checksum included: all ones where it is right. */
const sum = (text: string): number => words(text).reduce((all, w) => all + w, 0);
const folded = (n: number): number => (n > 0xffff ? folded((n & 0xffff) + (n >>> 16)) : n);
const long = (ip: string): string => `fe80${'0'.repeat(26)}${ip.slice(6).padStart(2, '0')}`;

test('an ARP message is what RFC 826 says, in its tags', () => {
  const [request] = [...arpFrames(A, V, X)];
  const message = '000108000604000102000000000a0a0900370000000000000a09000f';
  expect(hex(request as Frame)).toBe(`02000000000f02000000000a0806${message}`.padEnd(120, '0'));
  const reply = [...arpFrames(A, V, X)].find((f) => f.body.kind === 'arp' && f.body.operation === 2 && f.body.hardware === 6 && f.tags.length === 0) as Frame;
  expect(part(hex(reply), 12)).toBe('0806000608000604000202000000000a0a09003702000000000f0a09000f'.padEnd(96, '0'));
  const tagged: Frame = { ...(request as Frame), tags: [{ protocol: 0x88a8, id: 0 }, { protocol: 0x8100, id: 10 }] };
  expect(part(hex(tagged), 12, 50)).toBe(`88a800008100000a0806${message}`);
});

describe('a neighbour message', () => {
  const HEADERS = { 60: '3a00010400000000', 0: '3a00010400000000', 43: '3a00000000000000' };
  test.each<readonly [type: 133 | 134 | 135 | 136, told: boolean, flags: string, option: string]>([
    [133, false, '00000000', '01'], [134, false, '000000000000000000000000', '01'], [135, false, '00000000', '01'], [136, true, '60000000', '02'], [136, false, '20000000', '02'],
  ])('of type %i, solicited %s, is what RFC 4861 says, with a checksum that holds, behind its header', (type, told, flags, option) => {
    for (const extension of [null, 60, 0, 43] as const) {
      const f = nd.find((x) => x.body.kind === 'nd' && x.body.type === type && x.body.solicited === told && x.body.extension === extension && x.tags.length === 0 && x.destination === V.mac) as Frame;
      if (f.body.kind !== 'nd') throw new Error('no such message');
      const text = hex(f);
      expect(part(text, 0, 18)).toBe(`02000000000f02000000000a86dd60000000`);
      const target = type === 135 ? long('fe80::f') : type === 136 ? long('fe80::37') : '';
      const rest = `${flags}${target}${option}01${f.body.mac.replaceAll(':', '')}`;
      const length = 4 + rest.length / 2 + (extension === null ? 0 : 8);
      expect(part(text, 18, 22)).toBe(`${length.toString(16).padStart(4, '0')}${(extension ?? 58).toString(16).padStart(2, '0')}ff`);
      const addresses = part(text, 22, 54);
      expect(addresses.slice(0, 32)).toBe(long('fe80::37'));
      const at = extension === null ? 54 : 62;
      expect(part(text, 54, at)).toBe(extension === null ? '' : HEADERS[extension]);
      const message = part(text, at, at + 4 + rest.length / 2);
      expect([message.slice(0, 4), message.slice(8)]).toEqual([`${type.toString(16)}00`, rest]);
      expect(folded(sum(addresses) + message.length / 2 + 58 + sum(message))).toBe(0xffff);
    }
  });
});

test('what carries a stolen MAC is a packet with a header that holds, or nothing that anybody knows', () => {
  const [four, of6, none] = [steals.find((f) => f.body.kind === 'ip' && f.body.protocol === 17), steals.find((f) => f.body.kind === 'ip' && f.body.source.includes(':')), steals[0]] as [Frame, Frame, Frame];
  expect(part(hex(four), 12, 24)).toBe('08004500001c000000004011');
  expect(folded(sum(part(hex(four), 14, 34)))).toBe(0xffff);
  expect(part(hex(four), 26, 42)).toBe('0a09000a0a0900370009000900080000');
  expect(part(hex(of6), 12, 22)).toBe('86dd6000000000081140');
  expect(part(hex(of6), 54, 62)).toBe('0009000900080000');
  expect(hex(none)).toBe('02000000000a02000000003788b5'.padEnd(120, '0'));
});

test('a byte is its sender’s to choose where nobody looks at it', () => {
  const bytes = (f: Frame): readonly number[] => Array.from({ length: 60 }, (_, n) => n).filter((n) => isFree(f, n));
  const run = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, n) => from + n);
  expect(bytes([...arpFrames(A, V, X)][0] as Frame)).toEqual([...run(6, 12), ...run(32, 42)]);
  expect(bytes(nd[0] as Frame)).toEqual(run(6, 12));
  expect(bytes(steals[0] as Frame)).toEqual([...run(0, 6), ...run(12, 14)]);
});
