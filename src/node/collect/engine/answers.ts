import { z } from 'zod';

/** What is taken of the engine's answers: only what is used, each bounded. Env and Healthcheck are never read. */

const LONG = 4000;
const shortened = (value: string, max: number) => (value.length > max ? `${value.slice(0, max - 1)}…` : value);
const cut = (max: number) => z.string().transform((s) => shortened(s, max));

/** One step for what there are ten thousand of: optional, nullable, string and transform in a chain cost four times as much. */
const leaf = <T>(expected: string, read: (value: unknown) => T | undefined) =>
  z.transform((value: unknown, context): T => {
    const taken = read(value);
    if (taken !== undefined) return taken;
    context.issues.push({ code: 'custom', message: `expected ${expected}`, input: value });
    return z.NEVER;
  });

const text = leaf('a text', (value) => (typeof value === 'string' ? shortened(value, LONG) : value === undefined || value === null ? '' : undefined));
const flag = leaf('true or false', (value) => (typeof value === 'boolean' ? value : value === undefined || value === null ? false : undefined));
const count = leaf<number | null>('a number', (value) => (typeof value === 'number' && Number.isFinite(value) ? value : value === undefined || value === null ? null : undefined));
const texts = leaf('a list of texts', (value): readonly string[] | undefined => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return undefined;
  return value.slice(0, 500).map((one) => shortened(one, LONG));
});

/** Labels and options: at most 300, names and values cut. */
const words = leaf('names and values', (value): Readonly<Record<string, string>> | undefined => {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 300)
      .map(([name, one]: [string, unknown]) => [name.slice(0, 300), (typeof one === 'string' ? one : JSON.stringify(one) ?? '').slice(0, 2000)]),
  );
});

/** A list that is null where it is empty, as Go writes them. */
const list = <T extends z.ZodType>(item: T, max: number) => z.array(item).nullish().transform((items) => (items ?? []).slice(0, max));

export const listed = z.array(
  z.object({ Id: z.string().regex(/^[0-9a-f]{12,64}$/), Names: texts, Image: text, State: text, Status: text, Created: count }),
);
export type Listed = z.infer<typeof listed>[number];

const attached = z.object({
  NetworkID: text,
  MacAddress: text,
  IPAddress: text,
  IPPrefixLen: count,
  Gateway: text,
  GlobalIPv6Address: text,
  GlobalIPv6PrefixLen: count,
  IPv6Gateway: text,
});

export const inspected = z.object({
  Id: z.string().regex(/^[0-9a-f]{12,64}$/),
  Name: text,
  Created: text,
  Image: text,
  Path: text,
  Args: texts,
  AppArmorProfile: text,
  State: z.object({
    Status: z.string(),
    Pid: count,
    StartedAt: text,
    Health: z.object({ Status: text }).nullish(),
  }),
  Config: z.object({ Image: text, User: text, Labels: words }),
  HostConfig: z.object({
    Privileged: flag,
    CapAdd: texts,
    CapDrop: texts,
    // Profiles are long and read whole.
    SecurityOpt: z.array(z.string().max(1_000_000)).nullish().transform((options) => (options ?? []).slice(0, 50)),
    ReadonlyRootfs: flag,
    // Null where nothing is masked, as for a privileged one; not there where the engine does not tell.
    MaskedPaths: z.array(z.string()).nullish(),
    ReadonlyPaths: z.array(z.string()).nullish(),
    NetworkMode: text,
    PidMode: text,
    IpcMode: text,
    UTSMode: text,
    UsernsMode: text,
    CgroupnsMode: text,
    CgroupParent: text,
    Memory: count,
    MemorySwap: count,
    MemoryReservation: count,
    NanoCpus: count,
    CpuQuota: count,
    CpuPeriod: count,
    CpuShares: count,
    CpusetCpus: text,
    PidsLimit: count,
    Devices: list(z.object({ PathOnHost: text, PathInContainer: text, CgroupPermissions: text }), 500),
    DeviceCgroupRules: texts,
    DeviceRequests: list(z.object({ Driver: text, Count: count, DeviceIDs: texts }), 100),
    Tmpfs: words,
    Sysctls: words,
    RestartPolicy: z.object({ Name: text, MaximumRetryCount: count }).nullish(),
  }),
  Mounts: list(z.object({ Type: text, Name: text, Source: text, Destination: text, RW: z.boolean().nullish(), Propagation: text }), 1000),
  NetworkSettings: z.object({
    SandboxKey: text,
    Ports: z.record(z.string(), z.array(z.object({ HostIp: text, HostPort: text })).nullish()).nullish(),
    Networks: z.record(z.string(), attached.nullish()).nullish(),
  }),
});
export type Inspected = z.infer<typeof inspected>;

export const networks = z.array(
  z.object({
    Id: z.string().max(200),
    Name: text,
    Driver: text,
    Scope: text,
    Internal: flag,
    EnableIPv6: flag,
    IPAM: z.object({ Config: list(z.object({ Subnet: text, Gateway: text }), 100) }).nullish(),
    Options: words,
    Labels: words,
  }),
);

export const info = z.object({
  ID: text,
  Name: cut(300).nullish(),
  OperatingSystem: cut(300).nullish(),
  KernelVersion: cut(300).nullish(),
  NCPU: count,
  MemTotal: count,
  CgroupVersion: z.string().nullish(),
  CgroupDriver: cut(100).nullish(),
  DockerRootDir: cut(LONG).nullish(),
  ServerVersion: text,
  SecurityOptions: z.array(cut(LONG)).nullish(),
});

export const version = z.object({ Version: text, Components: list(z.object({ Name: text, Version: text }), 50) });

/** One line of `/events`. Engines before API 1.52 and Podman also send `status` and `id`; the newest only these. */
export const event = z.object({
  Type: text,
  Action: text,
  status: text,
  id: text,
  Actor: z.object({ ID: text, Attributes: words }).nullish(),
  time: count,
  timeNano: count,
});
