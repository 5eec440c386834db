import type { Rule } from './rule.js';
import { engineSocketMounted } from './engine-socket-mounted.js';
import { hostPathsWritable } from './host-paths-writable.js';
import { hostPathsReadable } from './host-paths-readable.js';
import { privileged } from './privileged.js';
import { dangerousCapabilities } from './dangerous-capabilities.js';
import { mountPropagation } from './mount-propagation.js';
import { unconfinedSeccomp } from './unconfined-seccomp.js';
import { unconfinedLsm } from './unconfined-lsm.js';
import { lsmComplain } from './lsm-complain.js';
import { noLsm } from './no-lsm.js';
import { rootWithoutUserNs } from './root-without-user-ns.js';
import { noNewPrivsOff } from './no-new-privs-off.js';
import { writableRoot } from './writable-root.js';
import { deviceAccess } from './device-access.js';
import { unmaskedPaths } from './unmasked-paths.js';
import { noMemoryLimit } from './no-memory-limit.js';
import { noPidsLimit } from './no-pids-limit.js';
import { nearLimit } from './near-limit.js';
import { oomKilled } from './oom-killed.js';
import { hostPromiseExceeded } from './host-promise-exceeded.js';
import { hostNetNamespace } from './host-net-namespace.js';
import { hostPidNamespace } from './host-pid-namespace.js';
import { hostIpcNamespace } from './host-ipc-namespace.js';
import { hostUtsNamespace } from './host-uts-namespace.js';
import { hostCgroupNamespace } from './host-cgroup-namespace.js';
import { hostMntNamespace } from './host-mnt-namespace.js';
import { sharedNamespaces } from './shared-namespaces.js';
import { canImpersonate } from './can-impersonate.js';
import { canImpersonateLatent } from './can-impersonate-latent.js';
import { impersonationNow } from './impersonation-now.js';
import { shamGuard } from './sham-guard.js';
import { rightsByExec } from './rights-by-exec.js';
import { intruderRule } from './intruder.js';
import { driftCapabilities } from './drift/capabilities.js';
import { driftSeccomp } from './drift/seccomp.js';
import { driftLsm } from './drift/lsm.js';
import { driftNoNewPrivs } from './drift/no-new-privs.js';
import { driftMemory } from './drift/memory.js';
import { driftCpu } from './drift/cpu.js';
import { driftPids } from './drift/pids.js';
import { driftRootWritable } from './drift/root-writable.js';
import { driftMount } from './drift/mount.js';
import { driftNamespace } from './drift/namespace.js';
import { driftProcessElsewhere } from './drift/process-elsewhere.js';
import { driftInterface } from './drift/interface.js';
import { driftAddress } from './drift/address.js';
import { driftMac } from './drift/mac.js';
import { driftRoute } from './drift/route.js';
import { driftDevice } from './drift/device.js';
import { driftSystemPaths } from './drift/system-paths.js';

/** Every rule, in the order of the catalogue. A test fails where a file of a rule is not in it. */
export const RULES: readonly Rule[] = [
  engineSocketMounted,
  hostPathsWritable,
  hostPathsReadable,
  privileged,
  dangerousCapabilities,
  mountPropagation,
  unconfinedSeccomp,
  unconfinedLsm,
  lsmComplain,
  noLsm,
  rootWithoutUserNs,
  noNewPrivsOff,
  writableRoot,
  deviceAccess,
  unmaskedPaths,
  noMemoryLimit,
  noPidsLimit,
  nearLimit,
  oomKilled,
  hostPromiseExceeded,
  hostNetNamespace,
  hostPidNamespace,
  hostIpcNamespace,
  hostUtsNamespace,
  hostCgroupNamespace,
  hostMntNamespace,
  sharedNamespaces,
  canImpersonate,
  canImpersonateLatent,
  impersonationNow,
  shamGuard,
  rightsByExec,
  intruderRule,
  driftCapabilities,
  driftSeccomp,
  driftLsm,
  driftNoNewPrivs,
  driftMemory,
  driftCpu,
  driftPids,
  driftRootWritable,
  driftMount,
  driftNamespace,
  driftProcessElsewhere,
  driftInterface,
  driftAddress,
  driftMac,
  driftRoute,
  driftDevice,
  driftSystemPaths,
];
