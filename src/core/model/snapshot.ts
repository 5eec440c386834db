import { z } from 'zod';
import { reading } from './reading.js';
import { namespaceNode, nsKind } from './namespaces.js';
import { cgroupNode } from './cgroup.js';
import { connection, netInterface, netNamespace, segment } from './network.js';
import { container, group, type Workload } from './workload.js';

/** The format this code writes. Older ones open through core/model/migrate. */
export const FORMAT = 1;

/** Whether the kernel read is the engine's: a container's pid lies in a cgroup that carries its id. */
export const kernelProof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('proved'), by: z.string() }).readonly(),
  z.object({ kind: z.literal('foreign'), why: z.string() }).readonly(),
  z.object({ kind: z.literal('unproved'), why: z.string() }).readonly(),
]);
export type KernelProof = z.infer<typeof kernelProof>;

export const host = z
  .object({
    hostname: reading(z.string()),
    os: reading(z.string()),
    kernel: reading(z.string()),
    cpus: reading(z.number()),
    memory: reading(z.number()),
    cgroupVersion: reading(z.enum(['v1', 'v2', 'hybrid'])),
    /** Security modules in effect, e.g. `apparmor`. */
    lsms: reading(z.array(z.string()).readonly()),
    /** Yama's `kernel.yama.ptrace_scope`: from 1 on, who lacks CAP_SYS_PTRACE traces its own children alone. Absent in snapshots that did not ask. */
    ptraceScope: reading(z.number()).optional(),
    engine: z
      .object({
        name: z.string(),
        version: z.string(),
        apiVersion: z.string(),
        /** As resolved, e.g. `unix:///var/run/docker.sock`. Never holds credentials. */
        endpoint: z.string(),
        rootless: reading(z.boolean()),
        usernsRemap: reading(z.boolean()),
        dataRoot: reading(z.string()),
        cgroupDriver: reading(z.string()),
      })
      .readonly(),
    proof: kernelProof,
    /** The host's own namespaces by inode, and which reference was used (`/proc/2/ns/pid`). */
    namespaces: z.partialRecord(nsKind, reading(z.number())).readonly(),
    /** Effective user id of who read the kernel; `reader` where a root helper did. */
    readAs: z.enum(['root', 'user', 'reader', 'nobody']),
    bootId: reading(z.string()),
  })
  .readonly();
export type Host = z.infer<typeof host>;

/** Something that happened while reading: a container that died, a tool that is missing. */
export const note = z.object({ about: z.string(), text: z.string() }).readonly();
export type Note = z.infer<typeof note>;

/**
 * A host at one instant: the model, the wire and the file at once. Plain, frozen, schema-checked.
 * `takenAt` in ISO 8601, UTC. `origin`: `live`, or `example` for the recorded host shown where no engine is.
 */
export const snapshot = z
  .object({
    format: z.literal(FORMAT),
    takenAt: z.string(),
    origin: z.enum(['live', 'example']),
    redacted: z.boolean(),
    host,
    containers: z.array(container).readonly(),
    groups: z.array(group).readonly(),
    namespaces: z.array(namespaceNode).readonly(),
    cgroups: z.array(cgroupNode).readonly(),
    segments: z.array(segment).readonly(),
    interfaces: z.array(netInterface).readonly(),
    nets: z.array(netNamespace).readonly(),
    connections: reading(z.array(connection).readonly()),
    notes: z.array(note).readonly(),
  })
  .readonly();
export type Snapshot = z.infer<typeof snapshot>;

/** Containers, then the groups that are not folded. */
export function workloads(s: Snapshot): readonly Workload[] {
  return [...s.containers, ...s.groups.filter((g) => !g.folded)];
}
