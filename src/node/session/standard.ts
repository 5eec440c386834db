import { check } from '../../core/rules/index.js';
import { compare } from '../../core/diff/index.js';
import { judge } from '../../core/reach/index.js';
import { machineReaders, ROOTS } from '../collect/machine.js';
import { readConnections } from '../collect/wire/index.js';
import { loadExample } from './example.js';
import type { SessionParts } from './parts.js';

const later = (what: string) => ({ ok: false as const, trouble: { what, why: 'it is not built in', todo: 'Use another format.', command: '' } });

/** The real judges, readers and exporters. */
export const STANDARD_PARTS: SessionParts = {
  readers: (door) => machineReaders(ROOTS, door.candidate.way.kind === 'socket'),
  judge,
  check: (snapshot, judgement, alarms) => check({ snapshot, judgement, alarms }),
  exporter: async () => later('The export could not be made'),
  compare,
  traffic: (snapshot) => readConnections(snapshot, ROOTS),
  programs: async () => new Map(),
  elevate: null,
  example: loadExample,
};
