import { z } from 'zod';
import type { Json, TcFilter } from '../model/network.js';
import { jsonArray } from './net-ip.js';

/** Queues that drop what is too much and nothing else; of others the filters, classes and limits decide (tc(8)). */
const PLAIN = new Set(['noqueue', 'pfifo_fast', 'mq', 'mqprio', 'fq', 'fq_codel', 'fq_pie', 'sfq', 'codel', 'pie', 'cake', 'ingress', 'clsact']);
/** A bucket that a whole frame fits in lets it through. */
const LARGE_FRAME = 1_600;

/** Whether what leaves a device by its root queue may be dropped by something that is not judged. */
export function queueThatMayDrop(kind: string, options: Json | undefined): boolean {
  if (PLAIN.has(kind)) return false;
  const of = (name: string): number => {
    const value = typeof options === 'object' && options !== null && !Array.isArray(options) ? (options as Readonly<Record<string, Json>>)[name] : undefined;
    return typeof value === 'number' ? value : 0;
  };
  if (kind === 'pfifo' || kind === 'bfifo') return of('limit') < (kind === 'pfifo' ? 1 : LARGE_FRAME);
  return kind !== 'tbf' || of('burst') < LARGE_FRAME;
}

/** Whether it drops all that leaves: a queue for nothing else, or one that holds no packet (fifo_init in net/sched/sch_fifo.c). */
export function queueThatSwallows(kind: string, options: Json | undefined): boolean {
  if (kind === 'blackhole') return true;
  const limit = typeof options === 'object' && options !== null && !Array.isArray(options) ? (options as Readonly<Record<string, Json>>)['limit'] : undefined;
  return (kind === 'pfifo' || kind === 'bfifo') && limit === 0;
}

/** Told as tc tells a program of its own, with no place in the order of filters. */
export const PROGRAM = { kind: 'bpf', protocol: 'all', pref: 0, chain: 0 } as const;

const attached = z.looseObject({ devname: z.string(), kind: z.string(), name: z.string().optional() });

/** `bpftool -j net show`: programs of tcx and netkit, which tc does not list; those of tc itself are listed by it. */
export function parseBpfNet(text: string): readonly { readonly dev: string; readonly hook: TcFilter['hook']; readonly name: string }[] {
  const tc = z.looseObject({ tc: z.array(z.unknown()) }).safeParse(jsonArray(text)?.[0]);
  if (!tc.success) return [];
  return tc.data.tc.flatMap((one) => {
    const p = attached.safeParse(one);
    const hook = p.success && /^(tcx|netkit)\//.test(p.data.kind) ? (/\/(ingress|peer)$/.test(p.data.kind) ? ('ingress' as const) : ('egress' as const)) : null;
    return p.success && hook !== null ? [{ dev: p.data.devname, hook, name: p.data.name ?? 'a program' }] : [];
  });
}
