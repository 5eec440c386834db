import { keyedHex } from '../hash.js';

const CONSONANTS = 'bdfghjklmnprstvwz';
const VOWELS = 'aeiou';

/** A word of five syllables made of hexadecimal digits: easier to read and to speak of than the digits. */
function word(hex: string): string {
  let out = '';
  for (let i = 0; i < 5; i += 1) {
    const n = parseInt(hex.slice(i * 4, i * 4 + 4), 16);
    out += `${CONSONANTS[n % CONSONANTS.length]}${VOWELS[Math.floor(n / CONSONANTS.length) % VOWELS.length]}`;
  }
  return out;
}

/** Kept whole: they are every host's, and say nothing of this one. */
const PLAIN_INTERFACES = /^(lo|eth\d+|docker0|docker_gwbridge|podman0|cni0|tunl0|sit0|gre0|ip6tnl0|tap0|bridge|all|default)$/u;
/** Segments of paths that many hosts have, and by which a path is judged. */
const PLAIN_SEGMENTS = new Set(
  ('etc root home usr bin sbin lib lib64 var run boot dev proc sys opt srv mnt media tmp local share src modules spool cron crontabs log cache data docker containerd containers podman kubelet rancher ' +
    'docker.sock podman.sock containerd.sock crio.sock cri-dockerd.sock dockershim.sock buildkitd.sock io.podman crio user overlay2 overlay storage volumes _data image network netns ns fd fs cgroup ' +
    'system.slice user.slice machine.slice init.scope docker-default libpod kubepods kubepods.slice lxc lxc.payload unified memory cpu pids cpuacct blkio cpuset devices freezer ' +
    'shadow gshadow sudoers ssh passwd group kubernetes ssl pki certs ca-certificates localtime timezone machine-id os-release resolv.conf hostname hosts mtab shm pts mqueue console null zero full random urandom tty core stdin stdout stderr ' +
    'kmsg mem kmem port fuse kvm net tun snd dri disk mapper acpi asound bus irq kcore keys latency_stats timer_list sched_debug scsi sysrq-trigger firmware devices class virtual sysctl self interrupts ' +
    '.ssh .aws .kube .docker .gnupg .config .azure .containerenv secrets termination-log su sudo ping mount umount passwd chsh chfn newgrp gpasswd busybox merged diff work lower upper snapshots').split(' '),
);
const DOCKER_LABEL = /^(com\.docker\.(compose|swarm|stack)\.|org\.opencontainers\.|io\.podman\.compose\.|io\.kubernetes\.)[a-z0-9._-]+$/u;

export function isPlainLabel(key: string): boolean {
  return DOCKER_LABEL.test(key);
}

/**
 * Pseudonyms that depend on a key and on the word alone: the same key gives the same ones in every file, and without the
 * key nobody can try words until one fits. What was replaced is remembered, to be found again within longer texts.
 */
export class Pseudonyms {
  readonly #words = new Map<string, string>();
  readonly #taken = new Map<string, string>();

  constructor(private readonly key: string) {}

  hex(kind: string, text: string): string {
    return keyedHex(this.key, `${kind}\u0000${text}`);
  }

  /** Every word that was replaced, with what stands in its place. */
  get replaced(): ReadonlyMap<string, string> {
    return this.#words;
  }

  #remember(text: string, pseudonym: string): string {
    this.#words.set(text, pseudonym);
    return pseudonym;
  }

  name(text: string): string {
    if (text === '') return '';
    const before = this.#words.get(text);
    if (before !== undefined) return before;
    let made = word(this.hex('name', text));
    // Two words with one pseudonym would become one thing; the later one gets a number.
    for (let n = 2; (this.#taken.get(made) ?? text) !== text; n += 1) made = `${word(this.hex('name', text))}${n}`;
    this.#taken.set(made, text);
    return this.#remember(text, made);
  }

  /** An id of hexadecimal digits stays one, of the same length; `process:12` and `host` stay. */
  id(text: string): string {
    if (text === '' || text === 'host' || /^(process|net|net-ns|ns|pid):\d+$/u.test(text)) return text;
    if (/^[0-9a-f]{12,64}$/u.test(text)) {
      const made = this.hex('id', text.slice(0, 12)).slice(0, 12) + this.hex('id', text).repeat(2).slice(0, text.length - 12);
      this.#words.set(text.slice(0, 12), made.slice(0, 12));
      return this.#remember(text, made);
    }
    const colon = text.indexOf(':');
    if (colon > 0 && /^[a-z0-9]+$/u.test(text.slice(0, colon))) return `${text.slice(0, colon)}:${this.id(text.slice(colon + 1))}`;
    return text.startsWith('/') ? this.path(text) : this.name(text);
  }

  interface(text: string): string {
    if (text === '' || PLAIN_INTERFACES.test(text)) return text;
    const made = /^(br-|veth|dm-|cali|cni|vxlan|bond|vlan)/u.exec(text);
    return made ? this.#remember(text, `${made[0]}${this.hex('interface', text).slice(0, 8)}`) : this.name(text);
  }

  /** Known folders and files stay, since by them a mount is judged; every other part becomes a word. */
  path(text: string): string {
    if (text === '') return '';
    return text.split('/').map((part) => this.segment(part)).join('/');
  }

  segment(part: string): string {
    if (part === '' || part === '.' || part === '..' || /^\d+$/u.test(part) || PLAIN_SEGMENTS.has(part)) return part;
    if (/^[0-9a-f]{12,64}$/u.test(part)) return this.id(part);
    // docker-<id>.scope, docker-<id>, libpod-<id>.scope, name.service
    const scope = /^((?:docker|libpod|crio|cri-containerd|libpod-conmon)-)([0-9a-f]{12,64})(\.scope|\.mount|\.slice)?$/u.exec(part);
    if (scope) return `${scope[1]}${this.id(scope[2] ?? '')}${scope[3] ?? ''}`;
    const unit = /^(.+)(\.scope|\.service|\.slice|\.mount|\.socket)$/u.exec(part);
    if (unit) return this.#remember(part, `${this.name(unit[1] ?? '')}${unit[2]}`);
    const device = /^(sd[a-z]\d*|nvme\d+n\d+(?:p\d+)?|vd[a-z]\d*|xvd[a-z]\d*|loop\d+|dm-\d+|tty[A-Z]*\d*|nvidia\w*|fuse)$/u.exec(part);
    return device ? part : this.name(part);
  }
}
