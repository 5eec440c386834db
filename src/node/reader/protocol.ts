import { z } from 'zod';
import { declared, kernelProof } from '../../core/model/index.js';
import type { KernelMoving, KernelRead, Tables, WireRead } from '../collect/parts.js';

/**
 * What the window's session and the reader with rights say to each other: one JSON value a line, a question on the
 * reader's standard input, its answer on standard output, one at a time; only `moved` comes unasked. No question names a file or a command.
 */

const pid = z.number().int().positive().max(2 ** 22);
const id = z.string().min(1).max(128).regex(/^[\w:.@/\\ -]+$/);
const text = z.string().max(4096);
const container = z.object({ id, name: text, pid: pid.nullable(), state: text, declared });
const net = z.object({ key: text, pid: pid.nullable(), of: z.array(text).max(100_000) });
const network = z.object({
  id: text, name: text, driver: text, scope: text, internal: z.boolean(), ipv6: z.boolean(), subnets: z.array(text), gateways: z.array(text),
  options: z.record(z.string(), z.string()), project: text.nullable(),
});
const plugged = z.object({
  id, name: text, pid: pid.nullable(), state: text, declared,
  endpoints: z.array(z.object({ network: text, networkId: text, mac: text, ipv4: text, ipv6: text, gateway: text, gateway6: text })),
});
const touched = z.array(text).max(100_000).nullable();
const depth = z.enum(['touched', 'quick', 'full']);

/** The verbs. What a question carries beyond these members is dropped. */
export const question = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('kernel'), containers: z.array(container).max(100_000), touched, depth: depth.or(z.literal('check')) }),
  z.object({ ask: z.literal('moving') }),
  z.object({ ask: z.literal('wire'), nets: z.array(net).max(100_000), networks: z.array(network), containers: z.array(plugged).max(100_000), proof: kernelProof, touched, depth }),
  // Null: the same ones as last time.
  z.object({ ask: z.literal('tables'), nets: z.array(net).max(100_000).nullable() }),
  z.object({ ask: z.literal('programs'), which: z.array(z.object({ id, pid })).max(100_000) }),
  z.object({ ask: z.literal('forget') }),
]);
export type Question = z.infer<typeof question>;

/** The first line that the reader writes: that it runs, and as whom. */
export const greeting = z.object({ reader: z.literal(1), uid: z.number().int().nonnegative() });

/** `moved` answers nothing: it comes by itself when tables may have moved. */
export type AnswerLine = { readonly answer: unknown } | { readonly failed: string } | { readonly moved: true };

/** Answers `tables`. `tables` is null where the very last answer still holds; `hears`: whether `moved` will tell when it does not. */
export interface TablesAnswer {
  readonly tables: Tables | null;
  readonly hears: boolean;
}

/** A line longer than this is no question. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/** Maps do not survive JSON; they travel as lists of pairs. */
export const packKernel = (read: KernelRead) => ({ ...read, of: [...read.of] });
export const unpackKernel = (packed: ReturnType<typeof packKernel>): KernelRead => ({ ...packed, of: new Map(packed.of) });
export const packMoving = (read: KernelMoving) => ({ ...read, of: [...read.of] });
export const unpackMoving = (packed: ReturnType<typeof packMoving>): KernelMoving => ({ ...packed, of: new Map(packed.of) });
export const packWire = (read: WireRead) => ({ ...read, endpoints: [...read.endpoints] });
export const unpackWire = (packed: ReturnType<typeof packWire>): WireRead => ({ ...packed, endpoints: new Map(packed.endpoints) });
