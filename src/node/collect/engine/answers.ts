import { z } from 'zod';

/** What is taken of the engine's answers: only what is used, each bounded. Env and Healthcheck are never read. */

const LONG = 4000;
const cut = (max: number) => z.string().transform((s) => (s.length > max ? `${s.slice(0, max - 1)}…` : s));
const text = cut(LONG).nullish().transform((s) => s ?? '');
const flag = z.boolean().nullish().transform((b) => b ?? false);
const count = z.number().nullish();
const texts = z.array(cut(LONG)).nullish().transform((list) => (list ?? []).slice(0, 500));

/** Labels and options: at most 300, names and values cut. */
const words = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((record) =>
    Object.fromEntries(
      Object.entries(record ?? {})
        .slice(0, 300)
        .map(([name, value]) => [name.slice(0, 300), (typeof value === 'string' ? value : JSON.stringify(value) ?? '').slice(0, 2000)]),
    ),
  );

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
