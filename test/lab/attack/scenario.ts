import type { Technique } from '../../../src/core/reach/types.js';

/** Who: the attacker, the victim, a third one whose address is claimed; `host` is the engine's host. */
export type Role = 'A' | 'V' | 'X' | 'host';

/** A command before the attack, in the net namespace of a role. `{A.port}`, `{V.ip}`, `{X.mac}`, `{bridge}`, `{gateway}` and their like are filled in. */
export type Before = readonly [where: Role, command: string];

export interface Scenario {
  readonly name: string;
  readonly family: string;
  /** What it is about, one sentence for the matrix. */
  readonly about: string;
  /** Arguments of `docker run`. Absent: as the engine ships it. */
  readonly A?: readonly string[];
  readonly V?: readonly string[];
  readonly X?: readonly string[];
  /** Arguments of `docker network create`; `bridge` for the engine's default network; null for none of its own. */
  readonly network?: readonly string[] | 'bridge' | null;
  /** A container whose net namespace the attacker shares (`--network container:`), with its arguments. */
  readonly donor?: readonly string[];
  /** A second network: the attacker is on it too (`both`), or only the victim and the third are (`apart`). */
  readonly second?: 'both' | 'apart';
  /** Which engine: its options are given in engines. */
  readonly engine?: 'plain' | 'remap';
  readonly before?: readonly Before[];
  /** `docker` commands before the attack, e.g. a process that comes by exec; `{A}` is the attacker's name. */
  readonly docker?: readonly string[];
  readonly victim?: 'V' | 'host' | 'donor';
  /** Whose address is claimed: the third container's or the gateway's (the bridge's own). */
  readonly as?: 'X' | 'gateway';
  readonly try: readonly Technique[];
  /** How the attack's process is started; default `docker exec`. */
  readonly exec?: readonly string[];
  /** Program put before the attacking one, e.g. `unshare -Ur`. */
  readonly wrap?: readonly string[];
  /** Also with arpspoof of dsniff. */
  readonly arpspoof?: boolean;
  /** Whether to measure where the victim's packets go. */
  readonly reads?: boolean;
  /** What the author expects, as a second opinion: the attack works or not. */
  readonly works: boolean;
}

export interface Custom {
  readonly defaultAction: string;
  readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string; readonly args?: readonly { readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string }[]; readonly errnoRet?: number }[];
}

const deny = (args: NonNullable<Custom['syscalls'][number]['args']>): Custom['syscalls'][number] => ({ names: ['socket'], action: 'SCMP_ACT_ERRNO', args });
const eq = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' });
/** The low 32 bits only: what the kernel looks at. */
const low = (index: number, value: number, mask = 0xffffffff) => ({ index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' });

/** Seccomp profiles by name, given as `--security-opt seccomp={profile:NAME}`. */
export const PROFILES: Readonly<Record<string, Custom>> = {
  'no-packet': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([eq(0, 17)])] },
  'no-packet-no-old': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([eq(0, 17)]), deny([eq(0, 2), eq(1, 10)])] },
  'no-packet-masked': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(0, 2), low(1, 10, 0xf)]), { names: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' }] },
  'no-raw-at-all': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [deny([low(0, 17)]), deny([low(1, 10, 0xf)]), deny([low(1, 3, 0xf)]), { names: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' }] },
  'no-socket': { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['socket', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'], action: 'SCMP_ACT_ERRNO' }] },
};
