import { known, unknown, type CgroupFacts, type Declared, type NamespaceRefs, type Unknown } from '../../../core/model/index.js';
import type { KernelFacts } from './types.js';

/** A cgroup of which only the declaration is known. */
export function absentCgroup(why: Unknown, source: string, declared: Declared | undefined): CgroupFacts {
  const no = unknown(why, source);
  const told = <T>(value: T | undefined, field: string) => (value === undefined ? unknown('absent', field) : known(value, field));
  return {
    path: no,
    memory: {
      limit: no, declared: told(declared?.memory, 'engine: HostConfig.Memory'), effectiveLimit: no, imposedBy: no, usage: no, high: no, low: no, swapLimit: no, oomKills: no, pressure: no,
    },
    cpu: {
      limit: no, declared: told(declared?.cpus, 'engine: HostConfig.NanoCpus'), effectiveLimit: no, imposedBy: no, usageMs: no, weight: no, cpuset: no, throttledPeriods: no, throttledMs: no, pressure: no,
    },
    pids: { limit: no, declared: told(declared?.pidsLimit, 'engine: HostConfig.PidsLimit'), effectiveLimit: no, imposedBy: no, usage: no },
    io: { limits: no, readBytes: no, writtenBytes: no, pressure: no },
  };
}

/** Facts of a container of which the kernel tells nothing: it does not run, or it runs on another kernel. */
export function absentFacts(why: Unknown, proc: string, declared: Declared, namespaces: NamespaceRefs): KernelFacts {
  const no = (file: string) => unknown(why, `${proc}/${file}`);
  return {
    namespaces,
    process: null,
    processes: [],
    processCount: why === 'absent' ? known(0, 'engine: State.Pid') : no('cgroup'),
    intruders: [],
    cgroup: absentCgroup(why, `${proc}/cgroup`, declared),
    mounts: no('mountinfo'),
    rootReadOnly: no('mountinfo'),
    maskedPaths: no('mountinfo'),
    readonlyPaths: no('mountinfo'),
    devices: no('root/dev'),
  };
}
