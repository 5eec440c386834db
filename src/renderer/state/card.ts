import type { Link, Picture } from '../../contract/contract.js';
import type { Wire } from '../bridge/socket.js';
import { age, clock, hostName } from './words.js';

export interface CardRow {
  readonly name: string;
  readonly lines: readonly string[];
  readonly command: string;
}

/** A state in the one grammar of states: what happened, why, what to do. `aside`: the user may put it away. */
export interface StateCardWords {
  readonly id: string;
  readonly tone: 'loud' | 'quiet';
  readonly sign: 'mind' | 'lock' | 'stale' | 'unknown' | 'empty' | 'file';
  readonly heading: string;
  readonly rows: readonly CardRow[];
  readonly buttons: readonly { readonly text: string; readonly act: 'try' | 'open' | 'save' | 'elevate' | 'aside' | 'live' | 'choose' }[];
  readonly aside: boolean;
}

const row = (name: string, lines: readonly string[], command = ''): CardRow => ({ name, lines, command });

function example(link: Extract<Link, { state: 'example' }>): StateCardWords {
  const denied = link.tried.find((t) => t.failure === 'denied');
  // Where one is there and closed, the places where none is say nothing.
  const why = link.tried.filter((t) => denied === undefined || t.failure === 'denied').slice(0, 6).map((t) => t.text);
  const group = /usermod/.test(link.trouble.command);
  return {
    id: denied ? 'denied' : 'example',
    tone: 'loud',
    sign: denied ? 'lock' : 'mind',
    heading: denied ? 'Docker is here, but may not be asked; this is an example' : 'No engine found, so this is an example',
    rows: [
      row('Why', why.length > 0 ? why : [link.trouble.why]),
      row('Do', [link.trouble.todo], link.trouble.command),
      ...(denied && group ? [row('Mind', ['Who is in that group can become root here.'])] : []),
    ],
    buttons: [{ text: 'Look again', act: 'try' }, { text: 'Choose a socket', act: 'choose' }, { text: 'Open a file', act: 'open' }],
    aside: false,
  };
}

function stale(link: Extract<Link, { state: 'stale' }>, picture: Picture | null, now: number): StateCardWords {
  const taken = picture?.snapshot.takenAt ?? link.since;
  const wait = Math.max(0, Math.ceil((Date.parse(link.nextTryAt) - now) / 1000));
  return {
    id: 'stale',
    tone: 'loud',
    sign: 'stale',
    heading: `Engine lost ${age(now - Date.parse(link.since))} ago`,
    rows: [
      row('Why', [link.trouble.why]),
      row('Do', [`${link.trouble.todo} ${wait > 0 ? `Next attempt in ${wait} s.` : 'Trying now.'} Nothing here is newer than ${clock(taken)}; alarms rest meanwhile.`], link.trouble.command),
    ],
    buttons: [{ text: 'Try now', act: 'try' }, { text: 'Save this picture', act: 'save' }, { text: 'Choose a socket', act: 'choose' }],
    aside: false,
  };
}

function live(picture: Picture): StateCardWords | null {
  const { host, containers } = picture.snapshot;
  if (host.proof.kind === 'foreign') {
    return {
      id: 'kernel', tone: 'quiet', sign: 'unknown', heading: 'The engine’s kernel is not this machine’s',
      rows: [
        row('Why', [host.proof.why]),
        row('Known', ['containers, networks, and what was declared']),
        row('Unknown', ['namespaces, capabilities in force, bridge ports, use of cgroups. So verdicts say unknown, not fine.']),
        row('Do', ['run this where the engine runs, and open the file here; or connect with --host ssh://'], 'bulkhead snapshot -o host.json'),
      ],
      buttons: [{ text: 'Open the file', act: 'open' }, { text: 'Go on without', act: 'aside' }], aside: true,
    };
  }
  const running = containers.filter((c) => c.state === 'running' || c.state === 'paused' || c.state === 'restarting');
  if (running.length === 0) {
    const stopped = containers.length;
    const first = containers[0];
    const others = picture.snapshot.groups.filter((g) => !g.folded).length;
    return {
      id: 'empty', tone: 'quiet', sign: 'empty', heading: `No container runs on ${hostName(picture)}`,
      rows: [
        row('Why', [`${host.engine.name} ${host.engine.version} answers: 0 run, ${stopped} ${stopped === 1 ? 'is' : 'are'} stopped.${others === 0 ? '' : ` What is shown ${others === 1 ? 'is a group' : `are ${others} groups`} of other runtimes.`}`]),
        row('Do', ['Start one; it appears here by itself:'], first ? `docker start ${/^[\w.-]+$/.test(first.name) ? first.name : first.id.slice(0, 12)}` : 'docker run --rm -d nginx'),
      ],
      buttons: [{ text: 'Put aside', act: 'aside' }], aside: true,
    };
  }
  if (picture.denied.length > 0) {
    return {
      id: `denied-${picture.denied.length}`, tone: 'quiet', sign: 'lock', heading: `${picture.denied.length === 1 ? 'One thing' : `${picture.denied.length} things`} could not be read with these rights`,
      rows: picture.denied.slice(0, 5).map((d) => row(d.what.length > 9 ? 'Missing' : d.what, [d.what.length > 9 ? `${d.what}: ${d.would}` : d.would])),
      buttons: [...(picture.elevation === 'possible' ? [{ text: 'Read as root', act: 'elevate' } as const] : []), { text: 'Go on without', act: 'aside' }], aside: true,
    };
  }
  return null;
}

/** The card above the picture, or none where the state is ordinary. */
export function cardOf(link: Link, picture: Picture | null, wire: Wire, now: number): StateCardWords | null {
  if (wire === 'lost' || wire === 'refused') {
    return { id: 'lost', tone: 'loud', sign: 'stale', heading: 'Bulkhead’s session is gone', rows: [row('Why', ['The program that serves this window ended or does not answer.']), row('Do', ['Nothing, if it comes back: it is tried again by itself. Else start it again, and open the address that it prints.'])], buttons: [{ text: 'Try now', act: 'try' }], aside: false };
  }
  if (link.state === 'example') return example(link);
  if (link.state === 'stale') return stale(link, picture, now);
  if (link.state === 'file' || link.state === 'recording') {
    const cut = link.state === 'recording' && link.truncated ? [row('Mind', ['The recording is cut off; it is shown up to the cut.'])] : [];
    return { id: `file-${link.name}`, tone: 'quiet', sign: 'file', heading: `${link.state === 'file' ? 'A saved snapshot' : 'A recording'}: ${link.name}`, rows: cut, buttons: [{ text: 'Back to the live host', act: 'live' }], aside: true };
  }
  return link.state === 'live' && picture !== null ? live(picture) : null;
}
