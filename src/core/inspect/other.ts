import { byNature } from '../facts/names.js';
import { bytes, cores, plural } from '../facts/units.js';
import type { Subject } from '../model/finding.js';
import { isKnown, known } from '../model/reading.js';
import type { Segment } from '../model/network.js';
import type { CgroupNode } from '../model/cgroup.js';
import type { Facts } from './facts.js';
import { naming } from './names.js';
import { fact, section, valueWords, words, type Inspection, type Row } from './row.js';
import { findingsSection } from './findings.js';
import { attackersSection, ORDER, VERDICT_STATE } from './wire.js';

const LIMIT = (say: (n: number) => string) => (v: number | 'max'): string => (v === 'max' ? 'no limit' : say(v));

function ofSegment({ snapshot: s, judgement, findings }: Facts, segment: Segment, subject: Subject): Inspection {
  const reach = judgement.segments.find((r) => r.segment === segment.id);
  const name = naming(s);
  const attackers = (reach?.attackers ?? []).filter((a) => a.verdict !== 'blocked').sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || byNature(name(a.id), name(b.id)));
  const possible = attackers.filter((a) => a.verdict === 'possible');
  const exposed = (reach?.exposed ?? []).filter((id) => reach?.members.includes(id) === true);
  const rows = attackers.slice(0, 40).map((a): Row => ({ row: 'link', name: name(a.id), text: `${a.verdict}, ${a.right}`, state: VERDICT_STATE[a.verdict], to: a.id, pair: null }));
  const members = [...(reach?.members ?? [])].sort((a, b) => byNature(name(a), name(b))).slice(0, 60).map((id): Row => {
    const own = reach?.attackers.find((a) => a.id === id);
    return { row: 'link', name: name(id), text: own?.right ?? '', state: own ? VERDICT_STATE[own.verdict] : 'none', to: id, pair: null };
  });
  const sham = judgement.sham.slice(0, 10).map((one): Row => ({ row: 'fact', name: 'no guard', value: one.where, source: one.where, state: 'mind', note: one.why }));
  return {
    subject,
    title: segment.name,
    subtitle: [segment.driver, ...segment.subnets, ...(isKnown(segment.device) ? [segment.device.value] : []), ...(segment.internal ? ['internal'] : [])].join(', '),
    card: reach === undefined ? null : {
      state: possible.length > 0 ? 'risk' : attackers.length > 0 ? VERDICT_STATE[attackers[0]?.verdict ?? 'unknown'] : 'fine',
      heading: possible.length > 0 ? `${exposed.length} of ${reach.members.length} can be fooled` : attackers.length > 0 ? 'Nobody can do it now' : 'Nobody can impersonate another here',
      text: possible.length > 0 ? `${plural(possible.length, 'spoofer')} on this wire. Sharing a bridge is enough; a network of its own parts them.` : attackers.length > 0 ? 'But some could come to, or not enough could be read.' : 'No process on it can send a forged frame that another would take.',
      pair: null,
    },
    sections: [
      ...section('spoofers', 'Who can spoof here', rows),
      ...section('segment', 'The segment', [
        fact('bridge', segment.device),
        fact('gateway', known(segment.gateways, 'engine: IPAM.Config'), valueWords),
        fact('icc', segment.icc, (on) => (on ? 'on' : 'off'), 'none', 'icc=false does not stop raw Ethernet'),
        ...(segment.mode === '' ? [] : [fact('mode', known(segment.mode, 'engine: Options'))]),
      ]),
      ...section('unread', 'Not read', judgement.unread.map((text) => words(text, 'unknown'))),
      ...section('sham', 'Looks like a guard and is none', sham),
      ...section('members', 'Plugged in', members),
      ...findingsSection(findings, segment.id),
    ],
  };
}

function ofCgroup({ snapshot: s }: Facts, node: CgroupNode, subject: Subject): Inspection {
  const children = s.cgroups.filter((c) => c.parent === node.id).slice(0, 60).map((c): Row => ({ row: 'link', name: c.id.slice(c.id.lastIndexOf('/') + 1), text: isKnown(c.facts.memory.usage) ? bytes(c.facts.memory.usage.value) : '?', state: 'none', to: c.of ?? c.id, pair: null }));
  return {
    subject,
    title: node.id === '/' || node.id === '' ? 'the root cgroup' : node.id.slice(node.id.lastIndexOf('/') + 1),
    subtitle: `${node.id}, ${plural(node.processCount, 'process', 'processes')}`,
    card: null,
    sections: [
      ...section('limits', 'Limits and use', [
        fact('memory limit', node.facts.memory.limit, LIMIT(bytes)),
        fact('memory use', node.facts.memory.usage, bytes),
        fact('effective', node.facts.memory.effectiveLimit, LIMIT(bytes), 'none', isKnown(node.facts.memory.imposedBy) ? `imposed by ${node.facts.memory.imposedBy.value}` : ''),
        fact('cpu limit', node.facts.cpu.limit, LIMIT((n) => `${cores(n)} cores`)),
        fact('pids limit', node.facts.pids.limit, LIMIT(String)),
        fact('pids', node.facts.pids.usage),
      ]),
      ...section('children', 'Below it', children),
    ],
  };
}

function ofHost(facts: Facts, subject: Subject): Inspection {
  const { snapshot: s, judgement, findings } = facts;
  const { host } = s;
  const proof: Row = host.proof.kind === 'proved' ? { row: 'fact', name: 'kernel', value: 'this machine’s is the engine’s', source: host.proof.by, state: 'fine', note: '' } : { row: 'fact', name: 'kernel', value: '? not the engine’s', source: 'engine: State.Pid', state: 'unknown', note: host.proof.why };
  return {
    subject,
    title: isKnown(host.hostname) ? host.hostname.value : 'the host',
    subtitle: `${host.engine.name} ${host.engine.version}, API ${host.engine.apiVersion}`,
    card: null,
    sections: [
      ...section('host', 'The host', [
        fact('os', host.os), fact('kernel', host.kernel), fact('cpus', host.cpus), fact('memory', host.memory, bytes), fact('cgroups', host.cgroupVersion),
        fact('LSM', host.lsms, (v) => (v.length === 0 ? 'none' : v.join(' '))), fact('rootless', host.engine.rootless), fact('userns-remap', host.engine.usernsRemap), proof,
        { row: 'fact', name: 'read as', value: host.readAs, source: 'geteuid(2)', state: 'none', note: '' },
      ]),
      ...attackersSection(judgement, s, 'host', 'Who can impersonate others to it'),
      ...findingsSection(findings, 'host'),
      ...section('notes', 'While reading', s.notes.slice(0, 20).map((n) => words(`${n.about}: ${n.text}`))),
    ],
  };
}

/** Segments, gateways, cgroups, the host, and processes that entered. */
export function inspectOther(facts: Facts, subject: Subject): Inspection | null {
  const { snapshot: s } = facts;
  if (subject.id === 'host') return ofHost(facts, subject);
  const id = subject.id.startsWith('gateway:') ? subject.id.slice('gateway:'.length) : subject.id;
  const segment = s.segments.find((one) => one.id === id);
  if (segment) return ofSegment(facts, segment, subject);
  const node = s.cgroups.find((c) => c.id === subject.id);
  if (node) return ofCgroup(facts, node, subject);
  if (subject.kind === 'process') {
    const pid = Number(/\d+$/.exec(subject.id)?.[0]);
    for (const w of [...s.containers, ...s.groups]) {
      const found = w.intruders.find((i) => i.pid === pid);
      if (!found) continue;
      return {
        subject, title: `${found.comm} ${found.pid}`, subtitle: `a process that entered ${w.name}`,
        card: { state: 'risk', heading: `Inside ${w.name}, not of it`, text: `It is in its ${found.entered.join(', ')} and in another cgroup.`, pair: null },
        sections: section('process', 'The process', [fact('cgroup', found.cgroup), fact('uid', found.uid), fact('CapEff', found.effective), { row: 'link', name: w.name, text: 'whom it entered', state: 'none', to: w.id, pair: null }]),
      };
    }
  }
  return null;
}
