import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Link, Methods, Moment, Picture, Push } from '../../src/contract/contract.js';
import type { MethodName } from '../../src/contract/requests.js';
import { judge } from '../../src/core/reach/index.js';
import { check } from '../../src/core/rules/index.js';
import type { Snapshot } from '../../src/core/model/snapshot.js';
import type { SessionPort } from '../../src/node/serve/port.js';
import { serve, type Served } from '../../src/node/serve/serve.js';

/** A picture made of a snapshot alone: judged, with some moments on the strip. */
export function pictureOf(snapshot: Snapshot, over: Partial<Picture> = {}): Picture {
  const now = Date.now();
  const fresh: Snapshot = { ...snapshot, takenAt: new Date(now).toISOString() };
  const moments = snapshot.containers.slice(0, 40).map((c, n): Moment => ({
    id: `m${n}`, at: new Date(now - (n * 37 + 11) * 1000 * 60 / 60 * 41 % (29 * 60_000)).toISOString(), kind: n % 9 === 3 ? 'alarm' : n % 3 === 0 ? 'start' : 'change',
    severity: n % 9 === 3 ? 'risk' : 'none', text: n % 9 === 3 ? `${c.name}: gateway MAC changed` : n % 3 === 0 ? `${c.name} started` : `${c.name} changed`, about: c.id,
  }));
  const judgement = judge(fresh);
  return { snapshot: fresh, judgement, findings: check({ snapshot: fresh, judgement }), alarms: [], moments, denied: [], elevation: 'not-needed', ...over };
}

/** A session that a test drives: it shows what it is given and records what it is asked. */
export class StandSession implements SessionPort {
  link: Link;
  picture: Picture | null;
  readonly asked: { readonly method: MethodName; readonly args: readonly unknown[] }[] = [];
  answers: { [K in MethodName]?: (...args: Parameters<Methods[K]>) => ReturnType<Methods[K]> } = {};
  #seq = 0;
  readonly #listeners = new Set<(push: Push) => void>();

  constructor(picture: Picture | null, link: Link = { state: 'live', endpoint: 'unix:///var/run/docker.sock', since: new Date().toISOString() }) {
    this.picture = picture;
    this.link = link;
  }

  subscribe(listener: (push: Push) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(push: Push): void {
    for (const listener of this.#listeners) listener(push);
  }

  show(link: Link | null, picture?: Picture | null): void {
    if (link !== null) {
      this.link = link;
      this.push({ push: 'link', link });
    }
    if (picture !== undefined && picture !== null) {
      this.picture = picture;
      this.#seq += 1;
      this.push({ push: 'picture', seq: this.#seq, picture });
    }
  }

  call<K extends MethodName>(method: K, args: Parameters<Methods[K]>): Promise<ReturnType<Methods[K]>> {
    this.asked.push({ method, args });
    if (method === 'hello' || method === 'resync') this.show(this.link, this.picture);
    const own = this.answers[method] as ((...args: Parameters<Methods[K]>) => ReturnType<Methods[K]>) | undefined;
    const answer = own ? own(...args) : { ok: true, value: method === 'hello' ? { version: 'test', shell: 'browser' } : null };
    return Promise.resolve(answer as ReturnType<Methods[K]>);
  }
}

/** Folder of the built page. */
export const PAGE = path.resolve(import.meta.dirname, '../../out/renderer');

export async function serveStand(session: SessionPort): Promise<Served> {
  if (!existsSync(path.join(PAGE, 'index.html'))) throw new Error('the window is not built: npm run build');
  return serve({ session, page: PAGE, version: 'test' });
}
