import { known, NS_KINDS, type Declared, type Mount, type ProcessFacts, type Reading } from '../../src/core/model/index.js';
import { ALL_CAPS, DEFAULT_CAPS, MIB, aProcess, capSets } from './small.js';
import type { WorkloadSpec } from './spec.js';
import type { Placed } from './world.js';

/** The main process, then the one that came by exec. */
export function processesOf(p: Placed): ProcessFacts[] {
  const { spec, pid } = p;
  if (pid === null) return [];
  const namespaces = (of: number) => Object.fromEntries(NS_KINDS.map((k) => [k, known(p.inodes[k], `/proc/${of}/ns/${k}`)])) as ProcessFacts['namespaces'];
  const caps = spec.privileged ? ALL_CAPS : (spec.caps ?? DEFAULT_CAPS);
  const status = `/proc/${pid}/status`;
  const main = aProcess({
    pid,
    count: spec.tasks ?? 4,
    comm: spec.name.slice(0, 15),
    uid: known(spec.uid ?? 0, status),
    uidMap: known([spec.ownUserNs ? { inside: 0, outside: 100000, length: 65536 } : { inside: 0, outside: 0, length: 4294967295 }], `/proc/${pid}/uid_map`),
    capabilities: capSets(caps, spec.bounding ?? caps, pid),
    noNewPrivs: known(spec.noNewPrivs ?? false, status),
    seccomp: known(spec.seccomp === 'off' || spec.privileged ? 'disabled' : 'filter', status),
    seccompFilters: known(spec.seccomp === 'off' || spec.privileged ? 0 : 1, status),
    lsm: known(spec.lsm ?? 'docker-default (enforce)', `/proc/${pid}/attr/current`),
    namespaces: namespaces(pid),
  });
  if (!spec.exec) return [main];
  const exec = spec.exec;
  return [
    { ...main, count: Math.max(1, main.count - 1) },
    {
      ...main, pid: exec.pid, count: 1, comm: exec.comm, role: 'exec', capabilities: capSets(ALL_CAPS, ALL_CAPS, exec.pid),
      uid: known(0, `/proc/${exec.pid}/status`), namespaces: namespaces(exec.pid),
    },
  ];
}

export function mountsOf(p: Placed): Reading<readonly Mount[]> {
  const mounts = (p.spec.mounts ?? []).map((m): Mount => ({
    destination: m.at, root: m.host, host: m.host, fstype: m.host === '/proc' ? 'proc' : m.host.endsWith('.sock') ? 'tmpfs' : 'ext4', device: '/dev/nvme0n1p2',
    writable: m.writable, propagation: 'private', declared: true,
  }));
  return known(mounts, `/proc/${p.pid}/mountinfo`);
}

/** What the engine would have been told for this to come out, except where the spec plants a contradiction. */
export function declaredOf(spec: WorkloadSpec, base: Declared): Declared {
  const mode = (kind: 'net' | 'pid' | 'ipc' | 'uts') => {
    const at = spec.join?.[kind];
    return at === undefined ? '' : at === 'host' ? 'host' : `container:${at}`;
  };
  return {
    ...base,
    privileged: spec.privileged ?? false,
    capAdd: spec.capAdd ?? [],
    capDrop: spec.capDrop ?? [],
    securityOpt: [
      ...(spec.seccomp === 'off' ? ['seccomp=unconfined'] : []),
      ...(spec.noNewPrivs ? ['no-new-privileges'] : []),
      ...(spec.declaredLsm ? [`apparmor=${spec.declaredLsm}`] : []),
    ],
    appArmorProfile: spec.declaredLsm ?? 'docker-default',
    seccomp: { kind: spec.seccomp === 'off' ? 'unconfined' : 'default', defaultAction: spec.seccomp === 'off' ? 'SCMP_ACT_ALLOW' : 'SCMP_ACT_ERRNO', rules: [] },
    noNewPrivs: spec.noNewPrivs ?? false,
    readonlyRootfs: spec.declaredReadOnly ?? spec.rootReadOnly ?? false,
    user: spec.uid === undefined ? '' : String(spec.uid),
    networkMode: mode('net') || Object.keys(spec.on ?? {})[0] || 'none',
    pidMode: mode('pid'),
    ipcMode: mode('ipc') || 'private',
    utsMode: mode('uts'),
    cgroupParent: spec.slice ?? '',
    memory: spec.memory === undefined ? 'max' : spec.memory * MIB,
    cpus: spec.cpus ?? 'max',
    pidsLimit: spec.pids ?? 'max',
    devices: spec.devices === 'denied' ? [] : (spec.devices ?? []),
    mounts: (spec.mounts ?? []).map((m) => ({ type: 'bind', source: m.host, destination: m.at, writable: m.writable, propagation: 'rprivate' })),
    restartPolicy: 'unless-stopped',
  };
}
