import { z } from 'zod';
import { reading } from './reading.js';

/** The eight kinds of namespaces(7), named as in `/proc/<pid>/ns`. */
export const NS_KINDS = ['net', 'mnt', 'pid', 'ipc', 'uts', 'user', 'cgroup', 'time'] as const;
export const nsKind = z.enum(NS_KINDS);
export type NsKind = (typeof NS_KINDS)[number];

/**
 * Which namespace of one kind a workload's first process is in.
 * `inode`: from `/proc/<pid>/ns/<kind>`. `owner`: `host` (the engine's host's own), `own`,
 * `container:<id>` (that container's, joined) or `shared` (with a group, no clear donor).
 */
export const namespaceRef = z.object({ inode: reading(z.number()), owner: reading(z.string()) }).readonly();
export type NamespaceRef = z.infer<typeof namespaceRef>;

export const namespaceRefs = z
  .object({
    net: namespaceRef,
    mnt: namespaceRef,
    pid: namespaceRef,
    ipc: namespaceRef,
    uts: namespaceRef,
    user: namespaceRef,
    cgroup: namespaceRef,
    time: namespaceRef,
  })
  .readonly();
export type NamespaceRefs = z.infer<typeof namespaceRefs>;

/** Who is in a namespace: a container or group (one entry each, `pid` its first process in it), a lone process, or the host. */
export const namespaceMember = z
  .object({
    kind: z.enum(['container', 'group', 'process', 'host']),
    id: z.string(),
    name: z.string(),
    pid: z.number().nullable(),
  })
  .readonly();
export type NamespaceMember = z.infer<typeof namespaceMember>;

/**
 * One namespace that a process is in, or that a bind mount or open file holds.
 * `owner`: whose own it is: `host`, `container:<id>`, a group's id, `pid:<n>` of a lone process, `shared`, or `held` where no process is in it.
 * `ownerUserNs`: inode of the owning user namespace (ioctl_ns(2)); `parent`: for pid and user.
 * `heldBy`: paths of bind mounts, or `/proc/<pid>/fd/<n>`.
 */
export const namespaceNode = z
  .object({
    type: nsKind,
    inode: z.number(),
    owner: z.string(),
    ownerUserNs: reading(z.number()),
    parent: reading(z.number()),
    members: z.array(namespaceMember).readonly(),
    processCount: z.number(),
    heldBy: z.array(z.string()).readonly(),
  })
  .readonly();
export type NamespaceNode = z.infer<typeof namespaceNode>;
