import { isKnown, type Reading } from '../../model/reading.js';
import type { ProcessFacts } from '../../model/process.js';
import type { Declared, Workload } from '../../model/workload.js';
import type { Host } from '../../model/snapshot.js';
import { DANGEROUS, askedCaps, beyondDefault, dangerousOf, isEvery, plainCap } from '../capabilities.js';
import { isUnconfined, parseLabel } from '../label.js';
import { count, listOf, plural } from '../units.js';
import { unreadSentence, unreadText, wall, type Wall } from './wall.js';

/** The walls that each process has for itself. A hole that was declared is a hole, also where the kernel could not be read. */

const asked = (w: Workload): Declared | null => (w.kind === 'container' ? w.declared : null);
const declaredReading = (value: unknown, field: string): Reading<unknown> => ({ value, source: `engine: ${field}` });

/** Whether its ids mean others on the host. `undefined`: could not be read. */
export function ownUserNs(p: ProcessFacts, w: Workload): boolean | undefined {
  if (isKnown(p.uidMap) && p.uidMap.value.length > 0) {
    return !p.uidMap.value.every((m) => m.inside === m.outside && m.length >= 4294967295);
  }
  const owner = w.namespaces.user.owner;
  return isKnown(owner) ? owner.value !== 'host' : undefined;
}

export function userNsWall(p: ProcessFacts, w: Workload, host: Host): Wall {
  const own = ownUserNs(p, w);
  const readings: Reading<unknown>[] = [p.uidMap, p.uid];
  if (own === undefined) {
    const why = isKnown(p.uidMap) ? 'not-asked' : p.uidMap.unknown;
    return wall('userNs', 'unknown', unreadText(why), unreadSentence('its users are others on the host', why), readings);
  }
  const root = isKnown(p.uidMap) ? p.uidMap.value.find((m) => m.inside === 0) : undefined;
  if (own && root?.outside === 0) return wall('userNs', 'thinned', 'root is root', 'It has a user namespace of its own, but root in it is root on the host.', readings);
  if (own) return wall('userNs', 'stands', '', `Root in it is uid ${root ? count(root.outside) : 'nobody'} on the host.`, readings);
  const remapped = isKnown(host.engine.usernsRemap) && host.engine.usernsRemap.value && asked(w)?.usernsMode === 'host';
  if (remapped) {
    return wall('userNs', 'open-by-choice', 'userns host', 'The engine remaps users, and this container was taken out of it.', [...readings, declaredReading('host', 'HostConfig.UsernsMode')]);
  }
  if (!isKnown(p.uid)) return wall('userNs', 'unknown', unreadText(p.uid.unknown), unreadSentence('it runs as root', p.uid.unknown), readings);
  if (p.uid.value !== 0) return wall('userNs', 'thinned', `uid ${p.uid.value}`, `It runs as uid ${p.uid.value}, which is the same uid on the host.`, readings);
  return wall('userNs', 'open-as-shipped', '', 'Root in it is root on the host: only the other walls hold it.', readings);
}

function capsWords(d: Declared): string {
  if (d.privileged) return 'privileged';
  const drop = d.capDrop.map((c) => c.toUpperCase());
  const words = [...(drop.length > 0 ? [`cap-drop ${plainCap(drop[0] ?? '')}`] : []), ...(d.capAdd.length > 0 ? [`cap-add ${plainCap(d.capAdd[0]?.toUpperCase() ?? '')}`] : [])];
  return words.join(', ') || 'the defaults';
}

/** With all capabilities by name, the dangerous first. */
export function capabilitiesWall(p: ProcessFacts, w: Workload): Wall {
  const answer = capabilitiesAnswer(p, w);
  const set = p.capabilities.effective;
  if (!isKnown(set) || set.value.length === 0 || isEvery(set.value) || answer.state === 'stands' || ownUserNs(p, w) === true) return answer;
  const worst = [...new Set([...dangerousOf(beyondDefault(set.value)), ...(set.value.includes('CAP_NET_RAW') ? ['CAP_NET_RAW'] : [])])];
  return { ...answer, long: [...worst, ...set.value.filter((c) => !worst.includes(c))].map(plainCap).join(' ') };
}

function capabilitiesAnswer(p: ProcessFacts, w: Workload): Wall {
  const set = p.capabilities.effective;
  const d = asked(w);
  const readings: Reading<unknown>[] = [set, p.capabilities.bounding, ...(d ? [declaredReading(d.capAdd, 'HostConfig.CapAdd'), declaredReading(d.capDrop, 'HostConfig.CapDrop')] : [])];
  if (!isKnown(set)) {
    const told = d ? askedCaps(d) : new Set<string>();
    if (told === 'all') return wall('capabilities', 'open-by-choice', 'all, as declared', 'It was started with every capability.', readings);
    const more = dangerousOf(beyondDefault([...told]));
    const asNamed = [...more, ...(told.has('CAP_NET_RAW') ? ['CAP_NET_RAW'] : [])];
    if (more.length > 0) return wall('capabilities', 'open-by-choice', asNamed.map(plainCap).join(' '), `It was started with ${listOf(asNamed)}.`, readings);
    return wall('capabilities', 'unknown', unreadText(set.unknown), unreadSentence('it holds capabilities', set.unknown), readings);
  }
  const caps = set.value;
  if (caps.length === 0) return wall('capabilities', 'stands', '', 'It holds no capability in effect.', readings);
  const far = ownUserNs(p, w) === true;
  if (far) return wall('capabilities', 'thinned', `${isEvery(caps) ? `all ${caps.length}` : caps.length}, inside only`, `${plural(caps.length, 'capability', 'capabilities')} in a user namespace of its own: they count for what that namespace owns, not for the host.`, readings);
  const want = d ? askedCaps(d) : null;
  const strange = want === null || want === 'all' ? [] : caps.filter((c) => !want.has(c));
  const drift = strange.length > 0 && d ? capsWords(d) : null;
  if (isEvery(caps)) return wall('capabilities', 'open-by-choice', `all ${caps.length}`, 'It holds every capability: the kernel refuses it next to nothing.', readings, drift);
  const beyond = beyondDefault(caps);
  const named = dangerousOf(caps).filter((c) => beyond.includes(c) || c === 'CAP_NET_RAW');
  const words = named.map(plainCap).join(' ');
  const whys = named.slice(0, 2).map((c) => `${plainCap(c)}: ${DANGEROUS[c]?.why ?? ''}`);
  if (strange.length > 0 || dangerousOf(beyond).length > 0) {
    const names = words || strange.map(plainCap).slice(0, 3).join(' ');
    return wall('capabilities', 'open-by-choice', names, whys.join(' ') || `It holds ${listOf(strange)} beyond what was declared.`, readings, drift);
  }
  if (beyond.length > 0) return wall('capabilities', 'thinned', beyond.map(plainCap).join(' '), `It holds ${listOf(beyond)} beyond the defaults.`, readings);
  if (caps.includes('CAP_NET_RAW')) return wall('capabilities', 'thinned', 'NET_RAW', `An engine's defaults. ${whys[0] ?? ''}`, readings);
  if (caps.every((c) => c === 'CAP_NET_BIND_SERVICE')) return wall('capabilities', 'stands', '', 'It may bind a low port, and nothing else.', readings);
  return wall('capabilities', 'thinned', `${caps.length} caps`, `${plural(caps.length, 'capability', 'capabilities')} of the defaults, without NET_RAW: ${listOf(caps.map(plainCap), 6)}.`, readings);
}

export function seccompWall(p: ProcessFacts, w: Workload, engineHasNone = false): Wall {
  const mode = p.seccomp;
  const d = asked(w);
  const readings: Reading<unknown>[] = [mode, p.seccompFilters, ...(d ? [declaredReading(d.seccomp.kind, 'HostConfig.SecurityOpt')] : [])];
  if (!isKnown(mode)) {
    if (d && (d.seccomp.kind === 'unconfined' || d.privileged)) return wall('seccomp', 'open-by-choice', 'off', 'It was started without a seccomp filter.', readings);
    return wall('seccomp', 'unknown', unreadText(mode.unknown), unreadSentence('system calls are filtered', mode.unknown), readings);
  }
  if (mode.value === 'disabled' && w.kind === 'group') return wall('seccomp', 'open-as-shipped', '', 'No filter: every system call reaches the kernel; its runtime ships none, or it was not asked.', readings);
  if (mode.value === 'disabled' && engineHasNone && d?.seccomp.kind === 'default') return wall('seccomp', 'open-as-shipped', '', 'No filter: this engine gives none to any container.', readings);
  if (mode.value === 'disabled') {
    const drift = d && d.seccomp.kind !== 'unconfined' && !d.privileged ? (d.seccomp.kind === 'custom' ? 'own profile' : 'builtin') : null;
    return wall('seccomp', 'open-by-choice', 'off', 'No filter: every system call reaches the kernel that all containers share.', readings, drift);
  }
  if (d?.seccomp.kind === 'custom' && d.seccomp.defaultAction === 'SCMP_ACT_ALLOW') {
    return wall('seccomp', 'thinned', 'allows the rest', 'Its own profile names what is refused, and lets all other calls through.', readings);
  }
  return wall('seccomp', 'stands', '', d?.seccomp.kind === 'custom' ? 'A profile of its own, which refuses what it does not name.' : mode.value === 'strict' ? 'Only read, write and exit are let through.' : "The engine's profile refuses about 60 calls.", readings);
}

/** AppArmor and SELinux as the kernel writes them: `docker-default (enforce)`, `system_u:system_r:container_t:s0`. */
export function lsmWall(p: ProcessFacts, w: Workload, host: Host): Wall {
  const label = p.lsm;
  const d = asked(w);
  const told = d && d.appArmorProfile !== '' && d.appArmorProfile !== 'unconfined' ? d.appArmorProfile : '';
  const readings: Reading<unknown>[] = [label, host.lsms, ...(told ? [declaredReading(told, 'AppArmorProfile')] : [])];
  const major = isKnown(host.lsms) ? host.lsms.value.filter((l) => l === 'apparmor' || l === 'selinux') : null;
  if (major?.length === 0) return wall('lsm', 'open-as-shipped', '', 'This host runs neither AppArmor nor SELinux.', readings);
  if (!isKnown(label)) {
    if (d && (d.securityOpt.some((o) => /^(apparmor|label)[=:](unconfined|disable)$/.test(o)) || d.privileged)) return wall('lsm', 'open-by-choice', 'unconfined', 'It was started without a profile.', readings);
    return wall('lsm', 'unknown', unreadText(label.unknown), unreadSentence('a security module holds it', label.unknown), readings);
  }
  const text = label.value.replace(/\0/g, '').trim();
  const type = text.split(':')[2];
  if (type !== undefined) {
    return /^(spc_t|unconfined_t|initrc_t|init_t|kernel_t)$/.test(type)
      ? wall('lsm', 'open-by-choice', type, `SELinux does not hold a process of type ${type}.`, readings)
      : wall('lsm', 'stands', '', `SELinux holds it as ${type}.`, readings);
  }
  const open = isUnconfined(text);
  if (open && w.kind === 'group') return wall('lsm', 'open-as-shipped', '', 'No AppArmor profile holds it; its runtime ships none.', readings);
  const { profile, mode } = parseLabel(text);
  const named = mode === 'unconfined' ? `The profile ${profile} is in the mode unconfined, and refuses nothing.` : 'No AppArmor profile holds it.';
  if (open) return wall('lsm', 'open-by-choice', 'unconfined', named, readings, told || null);
  if (mode === 'complain') return wall('lsm', 'thinned', 'complain', `The profile ${profile} only writes down what it would refuse.`, readings);
  return wall('lsm', 'stands', '', `AppArmor holds it: ${text}.`, readings);
}

export function noNewPrivsWall(p: ProcessFacts, w: Workload): Wall {
  const d = asked(w);
  const readings: Reading<unknown>[] = [p.noNewPrivs, ...(d ? [declaredReading(d.noNewPrivs, 'HostConfig.SecurityOpt')] : [])];
  if (!isKnown(p.noNewPrivs)) return wall('noNewPrivs', 'unknown', unreadText(p.noNewPrivs.unknown), unreadSentence('a program can give it rights', p.noNewPrivs.unknown), readings);
  if (p.noNewPrivs.value) return wall('noNewPrivs', 'stands', '', 'No program that it starts can give it more rights.', readings);
  return d?.noNewPrivs
    ? wall('noNewPrivs', 'open-by-choice', 'off', 'A setuid program can give it the rights of its bounding set.', readings, 'asked for')
    : wall('noNewPrivs', 'open-as-shipped', '', 'A setuid program can give it the rights of its bounding set.', readings);
}
