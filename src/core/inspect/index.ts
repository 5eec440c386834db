import type { Alarm } from '../alarm/types.js';
import { count } from '../facts/units.js';
import type { Subject } from '../model/finding.js';
import { workloads, type Snapshot } from '../model/snapshot.js';
import type { Workload } from '../model/workload.js';
import type { LensName } from '../scene/scene.js';
import type { Facts } from './facts.js';
import { findingsSection } from './findings.js';
import { inspectOther } from './other.js';
import { section, type Card, type Inspection, type Row, type Section } from './row.js';
import { driftSection, mountsSection, processesSection, sharesCard, sharesSection, wallsCard, wallsSection } from './things.js';
import { limitsSection, pressureSection, usesCard, usesSection } from './uses.js';
import { attackersSection, endpointsSection, remedySection, victimsSection, whySection, wireCard } from './wire.js';

export type { Facts } from './facts.js';
export * from './row.js';
export { alsoAbout, digest, type Alike } from './findings.js';
export { VERDICT_STATE, type Explain } from './wire.js';
export { naming } from './names.js';

/** `up 3 days`, from the engine's start time to the instant of the snapshot. */
function up(w: Workload, s: Snapshot): string {
  if (w.kind !== 'container') return w.runtime;
  if (w.state !== 'running') return w.state;
  const seconds = (Date.parse(s.takenAt) - Date.parse(w.startedAt)) / 1000;
  if (!Number.isFinite(seconds) || seconds < 0) return w.state;
  const [n, unit] = seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : seconds < 129_600 ? [seconds / 3600, 'hour'] : [seconds / 86_400, 'day'];
  const whole = Math.round(n);
  return `up ${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

function subtitle(w: Workload, s: Snapshot): string {
  const project = w.kind === 'container' && w.project !== null ? [`project ${w.project}${w.service === null ? '' : `, service ${w.service}`}`] : [];
  return [...(w.kind === 'container' ? [w.image] : []), up(w, s), ...(w.pid === null ? [] : [`pid ${count(w.pid)}`]), ...project].join(', ');
}

function happened(alarms: readonly Alarm[], id: string): readonly Section[] {
  const rows = alarms.filter((a) => a.attacker === id || a.victim === id || a.impersonates === id).slice(-5).map((a): Row => ({
    row: 'fact', name: `${a.at.slice(11, 19)} UTC`, value: a.sentence, source: a.evidence[0]?.source ?? '', state: a.healedAt === null ? 'risk' : 'mind', note: a.healedAt === null ? 'it lasts' : `healed at ${a.healedAt.slice(11, 19)} UTC`,
  }));
  return section('happened', 'It happened', rows);
}

function ofWorkload(facts: Facts, w: Workload, lens: LensName): Inspection {
  const { snapshot: s, judgement, findings, explain, alarms, rates } = facts;
  const wire = wireCard(judgement, s, w.id);
  const cards: Record<LensName, Card | null> = { network: wire, namespaces: sharesCard(w.id, s), resources: usesCard(w, s), enforcement: wallsCard(w, s) };
  const network = [...whySection(explain, wire?.pair ?? null), ...victimsSection(judgement, s, w.id), ...attackersSection(judgement, s, w.id, 'Who can impersonate it'), ...happened(alarms, w.id), ...endpointsSection(w, s)];
  const walls = [...driftSection(w, s), ...wallsSection(w, s), ...processesSection(w)];
  const uses = usesSection(w, rates);
  const shared = sharesSection(w.id, s);
  const remedies = remedySection(explain, wire?.pair ?? null);
  const limits = [...limitsSection(w), ...pressureSection(w)];
  const rest = [...mountsSection(w, s), ...findingsSection(findings, w.id)];
  const sections: Record<LensName, readonly Section[]> = {
    network: [...network, ...remedies, ...uses, ...shared, ...walls, ...limits, ...rest],
    namespaces: [...shared, ...walls, ...network, ...remedies, ...uses, ...limits, ...rest],
    resources: [...uses, ...limits, ...shared, ...walls, ...network, ...remedies, ...rest],
    enforcement: [...walls, ...mountsSection(w, s), ...findingsSection(findings, w.id), ...shared, ...network, ...remedies, ...uses, ...limits],
  };
  return { subject: { kind: w.kind, id: w.id, name: w.name }, title: w.name, subtitle: subtitle(w, s), card: cards[lens], sections: sections[lens] };
}

/** What the inspector says of a subject, the lens's own question first. Null where the snapshot does not have it any more. */
export function inspect(facts: Facts, subject: Subject, lens: LensName): Inspection | null {
  const workload = workloads(facts.snapshot).find((w) => w.id === subject.id) ?? facts.snapshot.groups.find((g) => g.id === subject.id);
  return workload ? ofWorkload(facts, workload, lens) : inspectOther(facts, subject);
}
