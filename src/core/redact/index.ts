import type { Json } from '../model/network.js';
import { snapshot as schema, type Snapshot } from '../model/snapshot.js';
import { Addresses } from './addresses.js';
import { leftOf } from './left.js';
import { isPlainLabel, Pseudonyms } from './pseudonyms.js';
import { redactRules } from './rules.js';

export interface Redacted {
  readonly snapshot: Snapshot;
  /** What still tells something of the host, for people to read before they hand the file on. */
  readonly left: readonly string[];
  /** The pseudonym of a name under the same key, also of one that is not in the snapshot. */
  readonly rename: (name: string) => string;
}

/** How a text is treated. What is not listed becomes a pseudonym: a new member is hidden until somebody decides that it may be seen. */
type Kind = 'keep' | 'name' | 'id' | 'path' | 'ip' | 'mac' | 'interface' | 'plug' | 'owner' | 'segment' | 'image' | 'label' | 'mode' | 'user' | 'option' | 'text' | 'endpoint' | 'device';

const KEEP = [
  'format', 'takenAt', 'origin', 'os', 'kernel', 'cgroupVersion', 'lsms', 'version', 'apiVersion', 'cgroupDriver', 'readAs', 'state', 'health', 'createdAt', 'startedAt', 'capAdd', 'capDrop', 'cpuset',
  'kind', 'defaultAction', 'action', 'op', 'names', 'includes', 'excludes', 'type', 'propagation', 'restartPolicy', 'role', 'effective', 'permitted', 'bounding', 'ambient', 'inheritable', 'seccomp', 'entered',
  'fstype', 'runtime', 'driver', 'scope', 'mode', 'protocol', 'hook', 'limit', 'declared', 'effectiveLimit', 'high', 'swapLimit', 'memory', 'memorySwap', 'memoryReservation', 'cpus', 'pidsLimit', 'capabilities', 'limits', 'unknown', 'systemPaths',
] as const;

const KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(KEEP.map((k) => [k, 'keep' as const])),
  hostname: 'name', name: 'name', comm: 'name', project: 'name', service: 'name', network: 'name', xdp: 'name',
  id: 'id', imageId: 'id', of: 'id', bootId: 'id', from: 'id', net: 'id', key: 'id',
  path: 'path', root: 'path', host: 'path', destination: 'path', source: 'path', heldBy: 'path', dataRoot: 'path', parent: 'path', cgroup: 'path', imposedBy: 'path', cgroupParent: 'path', maskedPaths: 'path', readonlyPaths: 'path',
  ipv4: 'ip', ipv6: 'ip', gateway: 'ip', gateways: 'ip', subnets: 'ip', addresses: 'ip', ip: 'ip', via: 'ip', fromIp: 'ip', toIp: 'ip',
  mac: 'mac', interface: 'interface', dev: 'interface', bridge: 'interface', master: 'interface', port: 'interface', peer: 'plug', owner: 'owner', segment: 'segment',
  image: 'image', appArmorProfile: 'label', lsm: 'label', networkMode: 'mode', pidMode: 'mode', ipcMode: 'mode', utsMode: 'mode', usernsMode: 'mode', cgroupnsMode: 'mode', user: 'user', securityOpt: 'option',
  by: 'text', why: 'text', about: 'text', text: 'text', evidence: 'text', ports: 'text', endpoint: 'endpoint', devices: 'device',
};

/** Where one key means another thing than elsewhere: `<parent>.<key>`. */
const SPECIAL: Readonly<Record<string, Kind>> = {
  'engine.name': 'keep', 'interfaces.name': 'interface', 'interfaces.id': 'plug', 'segments.id': 'segment', 'segments.device': 'interface', 'mounts.device': 'path', 'cgroups.id': 'path', 'cgroups.of': 'id',
  'connections.to': 'id', 'routes.to': 'ip', 'routes.table': 'name', 'port.state': 'keep', 'vlans.vid': 'keep', 'declared.memory': 'keep', 'members.id': 'id',
};

const PLAIN_MODES = /^(|host|none|default|bridge|private|shareable|own|shared|ns:.*|pod|auto|slirp4netns.*|pasta.*)$/u;

class Redactor {
  readonly #names: Pseudonyms;
  readonly #addresses: Addresses;
  readonly #sources = new Map<string, string>();
  #odd: readonly (readonly [string, string])[] = [];

  constructor(key: string) {
    this.#names = new Pseudonyms(key);
    this.#addresses = new Addresses(this.#names);
  }

  #text(kind: Kind, text: string): string {
    const names = this.#names;
    switch (kind) {
      case 'keep': return text;
      case 'name': return names.name(text);
      case 'id': return /^sha256:/u.test(text) ? `sha256:${names.hex('image', text)}` : names.id(text);
      case 'path': return names.path(text);
      case 'ip': return this.#addresses.ip(text);
      case 'mac': return this.#addresses.mac(text);
      case 'interface': return names.interface(text);
      case 'plug': {
        const slash = text.lastIndexOf('/');
        return text.startsWith('index:') ? text : slash < 0 ? names.interface(text) : `${names.id(text.slice(0, slash))}/${names.interface(text.slice(slash + 1))}`;
      }
      case 'owner': return text.startsWith('container:') ? `container:${names.id(text.slice(10))}` : PLAIN_MODES.test(text) ? text : names.id(text);
      case 'segment': return /^(bridge|lan):/u.test(text) ? `${text.slice(0, text.indexOf(':'))}:${names.interface(text.slice(text.indexOf(':') + 1))}` : names.id(text);
      case 'image': return this.#image(text);
      case 'label': return this.#profile(text);
      case 'mode': return text.startsWith('container:') ? `container:${this.#target(text.slice(10))}` : PLAIN_MODES.test(text) ? text : this.#target(text);
      case 'user': return text.split(':').map((part) => (/^(\d*|root|nobody)$/u.test(part) ? part : names.name(part))).join(':');
      case 'option': return this.#option(text);
      case 'endpoint': return this.#endpoint(text);
      case 'device': return /^(rule|request) /u.test(text) ? text : text.split(':').map((part) => (part.startsWith('/') ? names.path(part) : part)).join(':');
      case 'text': return this.#scrub(text);
    }
  }

  #target(text: string): string {
    return /^[0-9a-f]{12,64}$/u.test(text) ? this.#names.id(text) : this.#names.name(text);
  }

  /** Repository and tag by themselves, so that a new version of an image is still that image. */
  #image(text: string): string {
    const [name = '', digest] = text.split('@');
    const colon = name.lastIndexOf(':');
    const tagged = colon > name.lastIndexOf('/');
    const repository = tagged ? name.slice(0, colon) : name;
    const made = /^(sha256:)?[0-9a-f]{12,64}$/u.test(text) ? this.#names.hex('image', text) : `${this.#names.name(repository)}${tagged ? `:${this.#names.name(name.slice(colon + 1))}` : ''}`;
    return digest === undefined ? made : `${made}@sha256:${this.#names.hex('image', digest)}`;
  }

  /** AppArmor's label: the profile's name is the user's, its mode is not. SELinux's types are the distribution's. */
  #profile(text: string): string {
    if (text.split(':').length >= 4) return text;
    const match = /^(.*?)( \(\w+\))?$/su.exec(text.trim());
    const one = (profile: string): string => (/^(|docker-default|unconfined|crun-.*|lxc-container-default.*|containers-default.*|cri-containerd\.apparmor\.d|runc)$/u.test(profile) ? profile : this.#names.name(profile));
    return `${(match?.[1] ?? '').split(/(\/\/&?)/u).map((part) => (/^\/\/&?$/u.test(part) ? part : one(part))).join('')}${match?.[2] ?? ''}`;
  }

  #option(text: string): string {
    const match = /^(apparmor|seccomp|label|systempaths|no-new-privileges|credentialspec)([=:])?(.*)$/su.exec(text);
    if (!match) return this.#names.name(text);
    const [, name = '', sign = '', value = ''] = match;
    if (name === 'apparmor') return `${name}${sign}${this.#profile(value)}`;
    if (name === 'label' || /^(|true|false|unconfined|builtin|disable|\(custom profile\))$/u.test(value)) return name === 'label' && /^(user|role|type|level):/u.test(value) ? text : `${name}${sign}${name === 'label' && value !== 'disable' ? this.#names.name(value) : value}`;
    return `${name}${sign}${this.#names.path(value)}`;
  }

  #endpoint(text: string): string {
    const match = /^(\w+):\/\/(.*)$/su.exec(text);
    if (!match) return this.#names.name(text);
    const [, scheme = '', rest = ''] = match;
    if (scheme === 'unix' || scheme === 'npipe') return `${scheme}://${this.#names.path(rest)}`;
    const [, host = '', port = ''] = /^(?:[^@]*@)?(.*?)(:\d+)?(?:\/.*)?$/su.exec(rest) ?? [];
    return `${scheme}://${this.#names.name(host)}${port}`;
  }

  /** A longer text: every address in it, and every word that was replaced elsewhere. */
  #scrub(text: string): string {
    let out = this.#addresses.within(text);
    for (const [word, pseudonym] of this.#odd) out = out.replaceAll(word, pseudonym);
    const replaced = this.#names.replaced;
    return out.replace(/[A-Za-z0-9_.@-]+/gu, (token) => replaced.get(token) ?? token.replace(/[A-Za-z0-9_]+/gu, (part) => replaced.get(part) ?? (/^[0-9a-f]{24,64}$/u.test(part) ? this.#names.id(part) : part)));
  }

  /** Where a fact was read: paths of cgroups are paths of this host, the rest are words of kernel and engine with names in between. */
  #source(text: string): string {
    let done = this.#sources.get(text);
    if (done === undefined) {
      const inCgroups = /^(\/sys\/fs\/cgroup)(\/.*)?(\/[^/]+)$/su.exec(text);
      done = inCgroups ? `${inCgroups[1]}${this.#names.path(inCgroups[2] ?? '')}${inCgroups[3]}` : this.#scrub(text);
      this.#sources.set(text, done);
    }
    return done;
  }

  #labels(labels: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [isPlainLabel(key) ? key : this.#names.name(key), key === 'com.docker.compose.container-number' && /^\d{1,5}$/u.test(value) ? value : this.#names.name(value)]),
    );
  }

  #sysctls(values: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key.replace(/^(net\.ipv[46]\.(?:conf|neigh)\.)(.+)(\.[a-z0-9_]+)$/u, (_, a: string, name: string, b: string) => `${a}${this.#names.interface(name)}${b}`), /^[\d\s.-]*$/u.test(value) ? value : this.#names.name(value)]),
    );
  }

  /** `pass` 1 replaces all that stands for itself, `pass` 2 the texts that may hold what was replaced. */
  walk(value: unknown, key: string, parent: string, pass: 1 | 2): unknown {
    if (typeof value === 'string') {
      const kind = SPECIAL[`${parent}.${key}`] ?? KINDS[key] ?? 'name';
      if (kind === 'text') return pass === 2 ? this.#text(kind, value) : value;
      return pass === 1 ? this.#text(kind, value) : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      if (key === 'nft' || key === 'ebtables' || key === 'arptables') return pass === 1 ? redactRules(value as readonly Json[], this.#names, this.#addresses) : value;
      return value.map((item) => this.walk(item, key, parent, pass));
    }
    const object = value as Readonly<Record<string, unknown>>;
    if ('source' in object && ('value' in object || 'unknown' in object)) {
      return { ...('value' in object ? { value: this.walk(object['value'], key, parent, pass) } : { unknown: object['unknown'] }), source: pass === 2 ? this.#source(String(object['source'])) : object['source'] };
    }
    if (key === 'filter') return pass === 1 ? redactRules([object as Json], this.#names, this.#addresses)[0] : object;
    if (key === 'labels') return pass === 1 ? this.#labels(object as Record<string, string>) : object;
    if (key === 'sysctls') return pass === 1 ? this.#sysctls(object as Record<string, string>) : object;
    return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, this.walk(v, k, key, pass)]));
  }

  name(text: string): string {
    return this.#names.name(text);
  }

  redact(s: Snapshot): Snapshot {
    const first = this.walk(s, '', '', 1);
    this.#odd = [...this.#names.replaced].filter(([word]) => word.length > 2 && !/^[A-Za-z0-9_.@-]+$/u.test(word)).sort((a, b) => b[0].length - a[0].length);
    // What was noted while reading is free text about who is not in the file: it stays behind.
    return schema.parse({ ...(this.walk(first, '', '', 2) as object), notes: [], redacted: true });
  }
}

/**
 * The snapshot with pseudonyms for names, images, labels, addresses, MACs, paths and hostnames. The same key gives the same
 * pseudonyms in every file. Structure stays: the same rules hold and the same pairs can be impersonated.
 */
export function redact(s: Snapshot, key: string): Redacted {
  const redactor = new Redactor(key);
  const snapshot = redactor.redact(s);
  return { snapshot, left: leftOf(s, snapshot), rename: (name) => redactor.name(name) };
}
