import type { Host } from '../model/snapshot.js';
import { isKnown, valueOf } from '../model/reading.js';
import type { Workload } from '../model/workload.js';

/**
 * What a path of the host inside a container is worth.
 * `socket`: the engine's own (or another engine's) socket. `writes`: writable, and the host runs or trusts what lies there.
 * `reads`: the host's secrets or processes can be read. `mind`: worth a look. `data`: a folder of data, writable.
 */
export interface HostPath {
  readonly grade: 'socket' | 'writes' | 'reads' | 'mind' | 'data';
  /** The path on the host. */
  readonly path: string;
  readonly writable: boolean;
  /** `docker.sock rw`, `/ ro`, `/srv/pg rw`. */
  readonly short: string;
  readonly why: string;
}

/** One mount as it is judged: where on the host it comes from, `''` where that could not be told. */
export interface Bound {
  readonly host: string;
  readonly destination: string;
  readonly writable: boolean;
}

const SOCKET = /(^|\/)(docker|podman|containerd|crio|cri-dockerd|dockershim|buildkitd)\.sock$|(^|\/)(podman|io\.podman)$/;
const SOCKET_DIR = /^(\/var)?\/run(\/(docker|containerd|podman|crio|user\/\d+(\/podman)?))?$/;
/** Written by the runtime into every container from its own folder. */
const OWN_FILES = new Set(['/etc/resolv.conf', '/etc/hostname', '/etc/hosts', '/dev/shm', '/run/.containerenv', '/run/secrets', '/etc/mtab', '/dev/termination-log', '/dev/console', '/dev/mqueue']);
const OWN_STORE = /^\/(var\/lib|home\/[^/]+\/\.local\/share|root\/\.local\/share)\/(docker|containers\/storage|containerd|kubelet|rancher)\/|^\/run\/(containerd|containers|docker|crio|user\/\d+\/containers)\//;
/** Who writes there decides what the host runs, or who may log in. */
const TRUSTED = ['/', '/etc', '/boot', '/root', '/usr', '/usr/bin', '/usr/sbin', '/usr/lib', '/usr/local', '/usr/local/bin', '/bin', '/sbin', '/lib', '/lib64', '/var', '/var/lib', '/var/spool', '/var/spool/cron', '/lib/modules', '/usr/lib/modules', '/opt', '/home'];
const HARMLESS = /^\/(etc\/(localtime|timezone|machine-id|os-release|ssl(\/.*)?|pki(\/.*)?|ca-certificates(\/.*)?|resolv\.conf|hostname|hosts)|usr\/share(\/.*)?|usr\/lib\/os-release|lib\/modules(\/.*)?|usr\/src(\/.*)?|sys\/fs\/cgroup(\/.*)?|sys\/devices(\/.*)?|sys\/class(\/.*)?|dev\/(null|zero|full|random|urandom|log|disk(\/.*)?|pts\/.*))$/;
const SECRET = /^(\/root|\/home\/[^/]+)\/\.(ssh|aws|kube|docker|gnupg|config|azure)(\/|$)|^\/etc\/(shadow|gshadow|sudoers|ssh|kubernetes|cron)/;

/** The engine's own folder: where images, volumes and the layers of all containers are. */
function dataRootOf(host: Host): readonly string[] {
  const told = valueOf(host.engine.dataRoot);
  return [...(told ? [told] : []), '/var/lib/docker', '/var/lib/containers', '/var/lib/containerd', '/var/lib/kubelet'];
}

/** What a mount of the host's files is worth; null for what every container has, a volume, or data that can only be read. */
export function hostPath(m: Bound, host: Host): HostPath | null {
  const path = m.host.length > 1 ? m.host.replace(/\/+$/, '') : m.host;
  if (path === '' || OWN_FILES.has(m.destination)) return null;
  const say = (grade: HostPath['grade'], why: string, name = path): HostPath => ({ grade, path, writable: m.writable, short: `${name} ${m.writable ? 'rw' : 'ro'}`, why });
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (SOCKET.test(path)) return say('socket', 'Whoever reaches this socket may start a container that owns the host. Read-only makes no difference: a socket is connected to, not written.', last);
  const roots = dataRootOf(host);
  if (roots.includes(path)) {
    return m.writable
      ? say('writes', "The engine's own folder: the files of every container and image can be changed there.")
      : say('reads', "The engine's own folder: the files and secrets of every container can be read there.");
  }
  if (OWN_STORE.test(`${path}/`) || roots.some((r) => path.startsWith(`${r}/`))) return null;
  if (SOCKET_DIR.test(path)) return say(m.writable || path.endsWith('run') ? 'socket' : 'mind', "The folder of the host's sockets, the engine's among them.");
  if (path === '/') return m.writable ? say('writes', 'The whole host can be changed.') : say('reads', 'Every file of the host can be read, keys and password hashes too.');
  if (path === '/proc' || path.startsWith('/proc/')) {
    return m.writable
      ? say('writes', 'Settings of the kernel can be written (core_pattern starts a program on the host).')
      : say('reads', "Command lines, and the environment of processes with the same uid, of the whole host can be read.");
  }
  if (!m.writable && HARMLESS.test(path)) return null;
  if (path === '/sys' || path.startsWith('/sys/')) return say(m.writable ? 'writes' : 'mind', m.writable ? 'Devices, modules and cgroups of the host can be set.' : "The host's devices and their state can be read.");
  if (path === '/dev' || path.startsWith('/dev/')) return say('mind', "The host's device nodes; the device cgroup alone decides which may be opened.");
  if (TRUSTED.includes(path)) return m.writable ? say('writes', 'The host runs or trusts what lies here: who writes it owns the host.') : say(path === '/etc' || path === '/root' || path === '/home' ? 'reads' : 'mind', 'Files of the host can be read here.');
  if (SECRET.test(path)) return say(m.writable ? 'writes' : 'reads', 'Keys or logins of the host lie here.');
  if (/^\/home\/[^/]+$/.test(path)) return say(m.writable ? 'mind' : 'reads', "A user's home: keys, history and the files that a login runs.");
  if (path.startsWith('/etc/')) return m.writable ? say('mind', 'A part of the configuration of the host can be changed.') : null;
  return m.writable ? say('data', 'A folder of the host that the container writes.') : null;
}

/**
 * What of the host is mounted into a workload. The kernel's word, and where it cannot tell the place on the host (a bind of the
 * host's /proc or /sys looks like any proc) the declaration of the same destination. Where the kernel is unread, the declaration alone.
 */
export function boundOf(w: Workload): readonly Bound[] {
  const told = w.kind === 'container' ? w.declared.mounts.filter((m) => m.type === 'bind').map((m): Bound => ({ host: m.source, destination: m.destination, writable: m.writable })) : [];
  if (!isKnown(w.mounts)) return told;
  const source = new Map(told.map((t) => [t.destination, t.host]));
  return w.mounts.value.map((m) => (m.host === '' && source.has(m.destination) ? { ...m, host: source.get(m.destination) ?? '' } : m));
}

const GRADES = ['socket', 'writes', 'reads', 'mind', 'data'] as const;

/** Worst first, then by path; one entry a path. */
export function hostPaths(mounts: readonly Bound[], host: Host): readonly HostPath[] {
  const seen = new Map<string, HostPath>();
  for (const m of mounts) {
    const found = hostPath(m, host);
    const old = found && seen.get(found.path);
    if (found && (!old || GRADES.indexOf(found.grade) < GRADES.indexOf(old.grade))) seen.set(found.path, found);
  }
  return [...seen.values()].sort((a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) || (a.path < b.path ? -1 : 1));
}
