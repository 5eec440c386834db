import type { Link, Picture } from '../../contract/contract.js';
import { isKnown } from '../../core/model/reading.js';
import type { Wire } from '../bridge/socket.js';

/** The state of the window in its title bar: a sign and a few words. */
export interface Words {
  readonly sign: 'busy' | 'live' | 'empty' | 'mind' | 'lock' | 'stale' | 'unknown' | 'file';
  readonly text: string;
}

/** `12 s`, `3 min`, `2 h`, `4 days`. */
export function age(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h`;
  const days = Math.floor(s / 86_400);
  return days === 1 ? '1 day' : `${days} days`;
}

// Made once: a formatter costs a hundred times what it formats.
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });

function said(format: Intl.DateTimeFormat, at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : format.format(date);
}

/** `14:32:07` in the user's own zone; `''` for what is no time. */
export function clock(at: string): string {
  return said(CLOCK, at);
}

/** `30 Nov 2026, 14:32` */
export function day(at: string): string {
  return said(DAY, at);
}

const running = (picture: Picture | null): number => picture?.snapshot.containers.filter((c) => c.state !== 'exited' && c.state !== 'dead' && c.state !== 'created').length ?? 0;

const containers = (picture: Picture | null): string => {
  const n = running(picture);
  return `${n} ${n === 1 ? 'container' : 'containers'}`;
};

export function stateWords(link: Link, picture: Picture | null, wire: Wire, now: number): Words {
  if (wire === 'refused') return { sign: 'lock', text: 'not let in' };
  if (wire === 'lost') return { sign: 'stale', text: 'lost, trying again' };
  switch (link.state) {
    case 'connecting':
      return { sign: 'busy', text: link.total === null ? 'connecting' : `reading, ${link.read} of ${link.total}` };
    case 'example':
      return link.tried.some((t) => t.failure === 'denied') ? { sign: 'lock', text: 'no permission; an example' } : { sign: 'mind', text: 'example, not your machine' };
    case 'stale':
      return { sign: 'stale', text: `${age(now - Date.parse(picture?.snapshot.takenAt ?? link.since))} old, reconnecting` };
    case 'file':
      return { sign: 'file', text: `file, taken ${day(link.takenAt)}` };
    case 'recording':
      return { sign: 'file', text: `recording, ${link.at + 1} of ${link.frames.length}` };
    case 'live':
      if (picture === null) return { sign: 'busy', text: 'reading' };
      if (picture.snapshot.host.proof.kind === 'foreign') return { sign: 'unknown', text: `live, ${containers(picture)}, kernel unknown` };
      return { sign: running(picture) === 0 ? 'empty' : 'live', text: `live, ${containers(picture)}` };
  }
}

/** The host's name as it is shown: `example` for the example, the engine's where the kernel's is unknown. */
export function hostName(picture: Picture | null): string {
  if (picture === null) return '';
  if (picture.snapshot.origin === 'example') return 'example';
  const { hostname } = picture.snapshot.host;
  return isKnown(hostname) ? hostname.value : 'host';
}
