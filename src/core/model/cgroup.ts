import { z } from 'zod';
import { reading } from './reading.js';

/** A limit: a number in the stated unit, or the kernel's word `max` for none. */
export const limit = z.union([z.number(), z.literal('max')]);
export type Limit = z.infer<typeof limit>;

/** Pressure (PSI): share of the last 10, 60, 300 s in percent in which some or all tasks waited. Kernel doc accounting/psi. */
export const pressure = z
  .object({ some10: z.number(), some60: z.number(), some300: z.number(), full10: z.number() })
  .readonly();
export type Pressure = z.infer<typeof pressure>;

/**
 * Limits and use of one cgroup, cgroups(7), v1, v2 or hybrid in the same words.
 * `limit`: what the kernel enforces on this very cgroup. `effectiveLimit`: the tightest of it and its
 * ancestors, `imposedBy` the path of the one that imposes it. `declared`: what the engine was told.
 * Memory and io in bytes, cpu in cores, times in milliseconds, pids in tasks.
 */
export const cgroupFacts = z
  .object({
    path: reading(z.string()),
    memory: z
      .object({
        limit: reading(limit),
        declared: reading(limit),
        effectiveLimit: reading(limit),
        imposedBy: reading(z.string()),
        usage: reading(z.number()),
        high: reading(limit),
        low: reading(z.number()),
        swapLimit: reading(limit),
        oomKills: reading(z.number()),
        pressure: reading(pressure),
      })
      .readonly(),
    cpu: z
      .object({
        limit: reading(limit),
        declared: reading(limit),
        effectiveLimit: reading(limit),
        imposedBy: reading(z.string()),
        usageMs: reading(z.number()),
        weight: reading(z.number()),
        cpuset: reading(z.string()),
        throttledPeriods: reading(z.number()),
        throttledMs: reading(z.number()),
        pressure: reading(pressure),
      })
      .readonly(),
    pids: z
      .object({
        limit: reading(limit),
        declared: reading(limit),
        effectiveLimit: reading(limit),
        imposedBy: reading(z.string()),
        usage: reading(z.number()),
      })
      .readonly(),
    io: z
      .object({
        limits: reading(z.array(z.string()).readonly()),
        readBytes: reading(z.number()),
        writtenBytes: reading(z.number()),
        pressure: reading(pressure),
      })
      .readonly(),
  })
  .readonly();
export type CgroupFacts = z.infer<typeof cgroupFacts>;

/** One node of the cgroup tree. `id` is its path from the hierarchy's root; `of`: the workload's id where it is one's own cgroup. `processCount`: those in it and below. */
export const cgroupNode = z
  .object({
    id: z.string(),
    parent: z.string().nullable(),
    of: z.string().nullable(),
    processCount: z.number(),
    facts: cgroupFacts,
  })
  .readonly();
export type CgroupNode = z.infer<typeof cgroupNode>;
