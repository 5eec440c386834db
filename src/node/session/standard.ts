import { check, checkMoved } from '../../core/rules/index.js';
import { compare } from '../../core/diff/index.js';
import { judgeAgain, newMemory } from '../../core/reach/index.js';
import { machineReaders, ROOTS } from '../collect/machine.js';
import { readAllPrograms } from '../collect/kernel/programs.js';
import { elevator } from '../reader/launch.js';
import { readConnections } from '../collect/wire/index.js';
import { loadExample } from './example.js';
import type { SessionParts } from './parts.js';

/** One host is watched at a time; what another leaves in it is never the same objects, so it cannot be mistaken. */
const memory = newMemory();

/** The real judges, readers and exporters. */
export const STANDARD_PARTS: SessionParts = {
  readers: (door) => machineReaders(ROOTS, door.candidate.way.kind === 'socket'),
  judge: (snapshot) => judgeAgain(snapshot, memory),
  check: (snapshot, judgement, alarms) => check({ snapshot, judgement, alarms }),
  checkMoved: (snapshot, judgement, alarms, before) => checkMoved({ snapshot, judgement, alarms }, before),
  // Painters and fonts are loaded when somebody exports.
  exporter: async (request, picture) => (await import('../export.js')).exportPicture(request, picture, undefined, true),
  compare,
  traffic: (snapshot) => readConnections(snapshot, ROOTS),
  programs: (snapshot) =>
    snapshot.host.proof.kind === 'proved' ? readAllPrograms(ROOTS.proc, snapshot.containers.flatMap(({ id, pid }) => (pid === null ? [] : [{ id, pid }]))) : Promise.resolve(new Map()),
  elevate: elevator(),
  example: loadExample,
};
