import type { NsKind } from '../../src/core/model/index.js';

/** Where a workload is plugged in: the last number of its address, the host's end of its veth, the port's isolation. */
export interface PlugSpec {
  readonly at: number;
  readonly veth?: string;
  readonly isolated?: boolean;
}

/** One container or group in few words; everything unsaid is as the engine ships it. Memory in MiB, cpu in cores. */
export interface WorkloadSpec {
  readonly name: string;
  readonly image?: string;
  /** A group of another runtime instead of a container. */
  readonly runtime?: 'systemd-nspawn' | 'lxc' | 'podman';
  readonly project?: string;
  readonly service?: string;
  readonly pid?: number;
  readonly state?: 'running' | 'paused' | 'exited';
  readonly startedAt?: string;
  readonly on?: Readonly<Record<string, PlugSpec>>;
  /** `host` or the name of the container whose namespace it joins; unsaid: its own (user and time: the host's). */
  readonly join?: Partial<Readonly<Record<NsKind, string>>>;
  readonly ownUserNs?: boolean;
  /** Effective capabilities of the main process; unsaid: the engine's fourteen. */
  readonly caps?: readonly string[];
  /** Bounding set, where it is not the effective one. */
  readonly bounding?: readonly string[];
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly privileged?: boolean;
  readonly uid?: number;
  readonly noNewPrivs?: boolean;
  /** Whether its image has a setuid program (bounding set decides what it gives). */
  readonly setuid?: boolean;
  readonly seccomp?: 'off';
  readonly lsm?: string;
  readonly declaredLsm?: string;
  readonly memory?: number;
  readonly uses?: number;
  readonly cpus?: number;
  readonly cpuMs?: number;
  readonly throttled?: number;
  readonly pids?: number;
  readonly tasks?: number;
  readonly slice?: string;
  readonly pressure?: readonly [some10: number, full10: number];
  readonly oomKills?: number;
  readonly mounts?: readonly { readonly host: string; readonly at: string; readonly writable: boolean }[];
  readonly devices?: readonly string[] | 'denied';
  readonly rootReadOnly?: boolean;
  readonly declaredReadOnly?: boolean;
  /** A process that came by `docker exec --privileged`. */
  readonly exec?: { readonly pid: number; readonly comm: string };
  /** A process of the host that entered some of its namespaces. */
  readonly entered?: { readonly pid: number; readonly comm: string; readonly kinds: readonly NsKind[] };
}

export interface NetworkSpec {
  readonly name: string;
  /** First three numbers, `172.20.0`. */
  readonly prefix: string;
  readonly bits?: number;
  readonly device: string;
  readonly internal?: boolean;
  readonly project?: string;
  readonly icc?: boolean;
  readonly driver?: string;
}

/** A slice of the cgroup tree, memory limit in MiB. */
export interface SliceSpec {
  readonly name: string;
  readonly memory?: number;
}

export interface HostSpec {
  readonly hostname: string;
  readonly address: string;
  readonly memory: number;
  readonly cpus: number;
  readonly networks: readonly NetworkSpec[];
  readonly slices: readonly SliceSpec[];
  readonly workloads: readonly WorkloadSpec[];
  /** Whether the host's filter rules were read (then there are none). */
  readonly filters: 'denied' | 'none';
  readonly talks: readonly { readonly from: string; readonly to: string; readonly network: string; readonly port: number; readonly count: number }[];
}
