import { z } from 'zod';
import { reading } from './reading.js';
import { nsKind } from './namespaces.js';

/** The five sets of capabilities(7), by name (`CAP_NET_RAW`), from `/proc/<pid>/status`. */
export const capabilitySets = z
  .object({
    effective: reading(z.array(z.string()).readonly()),
    permitted: reading(z.array(z.string()).readonly()),
    bounding: reading(z.array(z.string()).readonly()),
    ambient: reading(z.array(z.string()).readonly()),
    inheritable: reading(z.array(z.string()).readonly()),
  })
  .readonly();
export type CapabilitySets = z.infer<typeof capabilitySets>;

const nsInodes = z
  .object({
    net: reading(z.number()),
    mnt: reading(z.number()),
    pid: reading(z.number()),
    ipc: reading(z.number()),
    uts: reading(z.number()),
    user: reading(z.number()),
    cgroup: reading(z.number()),
    time: reading(z.number()),
  })
  .readonly();

/**
 * The rights of one process, which stands for `count` alike ones of its workload.
 * `role`: `main` (the container's first and its like), `exec` (came later with other rights or by another way).
 * `comm` is cut at 15 bytes by the kernel. `lsm`: `/proc/<pid>/attr/current`, e.g. `docker-default (enforce)`.
 * `root`: `/proc/<pid>/root` differs from its mount namespace's root (chroot(2)) when not `/`.
 */
export const processFacts = z
  .object({
    pid: z.number(),
    count: z.number(),
    comm: z.string(),
    role: z.enum(['main', 'exec']),
    uid: reading(z.number()),
    uidMap: reading(z.array(z.object({ inside: z.number(), outside: z.number(), length: z.number() }).readonly()).readonly()),
    capabilities: capabilitySets,
    noNewPrivs: reading(z.boolean()),
    seccomp: reading(z.enum(['disabled', 'strict', 'filter'])),
    seccompFilters: reading(z.number()),
    lsm: reading(z.string()),
    root: reading(z.string()),
    namespaces: nsInodes,
  })
  .readonly();
export type ProcessFacts = z.infer<typeof processFacts>;
export type NsInodes = z.infer<typeof nsInodes>;

/** A process in some of a workload's namespaces but not in its cgroup (nsenter(1), a debugger, another runtime). */
export const intruder = z
  .object({
    pid: z.number(),
    comm: z.string(),
    entered: z.array(nsKind).readonly(),
    cgroup: reading(z.string()),
    uid: reading(z.number()),
    effective: reading(z.array(z.string()).readonly()),
  })
  .readonly();
export type Intruder = z.infer<typeof intruder>;
