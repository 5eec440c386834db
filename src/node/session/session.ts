import type { Answer, Link, Methods, Moment, Picture, Push, Trouble } from '../../contract/contract.js';
import { isMethod, requests, type MethodName } from '../../contract/requests.js';
import { same } from '../../core/delta.js';
import { rates } from '../../core/facts/rates.js';
import type { Snapshot } from '../../core/model/index.js';
import { judge } from '../../core/reach/index.js';
import { foundEngines } from '../collect/engine/found.js';
import type { Door } from '../collect/engine/door.js';
import type { KernelReaders, Tables } from '../collect/parts.js';
import { Watcher } from './alarms.js';
import { Judging, type Cause } from './decides.js';
import { pictureDelta } from './delta.js';
import { deniedOf } from './denied.js';
import { Live } from './live.js';
import { momentsOfFindings, Strip } from './moments.js';
import { openFile, pushesOf, type Asked, type OpenedFile, type Shown } from './opened.js';
import { DEFAULT_POLL_MS, done, noPicture, refuse, type SessionOptions } from './options.js';
import type { Programs } from './parts.js';
import { prune } from './prune.js';

export { DEFAULT_POLL_MS, type SessionOptions } from './options.js';

/**
 * What a window talks to: it keeps a live host's picture (or an opened file's) and tells everybody who listens what
 * changed. It runs with no window as well, so alarms do not need one.
 */
export class Session {
  readonly #live: Live;
  readonly #listeners = new Set<(push: Push) => void>();
  #strip = new Strip();
  #seq = 0;
  #liveLink: Link;
  /** The live host's picture, kept up to date even while a file is shown. */
  #livePicture: Picture | null = null;
  /** What was read before the live picture, for the use in between. */
  #earlier: Snapshot | null = null;
  #example: Picture | null = null;
  #opened: { readonly shown: Shown; readonly picture: Picture } | null = null;
  #watcher = new Watcher();
  readonly #judging = new Judging();
  #elevated: KernelReaders | null = null;
  #elevation: 'idle' | 'running' = 'idle';

  constructor(private readonly options: SessionOptions) {
    const { parts } = options;
    this.#liveLink = { state: 'connecting', endpoint: '', since: new Date().toISOString(), read: 0, total: null };
    this.#live = new Live({
      choice: options,
      // The reader with more rights outlives a connection.
      readers: (door) => (this.#elevated === null ? parts.readers(door) : { ...this.#elevated, close: () => undefined }),
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      heartbeatMs: options.heartbeatMs,
      heartbeatDeadlineMs: options.heartbeatDeadlineMs, past: options.past,
      onLink: (link) => this.#onLink(link),
      onSnapshot: (snapshot, cause) => this.#onSnapshot(snapshot, cause),
      onMoments: (moments) => this.#onMoments(moments),
      onTables: (tables, snapshot, settled) => this.#onTables(tables, snapshot, settled),
    });
  }

  /** Begins to read; returns at once, whatever the engine does. Answers what was wrong with the given file, if anything was. */
  start(): Trouble | null {
    const { file } = this.options;
    if (file === undefined) {
      this.#live.start();
      return null;
    }
    const opened = this.#show(openFile(file.name, file.text));
    return opened.ok ? null : opened.trouble;
  }

  close(): void {
    this.#live.close();
    this.#elevated?.close();
    this.#listeners.clear();
  }

  /** Tells the listener where the session stands, and from then on each change. The picture comes with `hello`. */
  subscribe(listener: (push: Push) => void): () => void {
    this.#listeners.add(listener);
    listener({ push: 'link', link: this.link });
    return () => this.#listeners.delete(listener);
  }

  get link(): Link {
    return this.#opened?.shown.link ?? this.#liveLink;
  }

  /** Whether the live host's picture has all that the engine announced, read in depth. */
  get settled(): boolean { return this.#live.settled; }

  /** What a window draws now. */
  get picture(): Picture | null {
    return this.#opened?.picture ?? this.#livePicture ?? this.#example;
  }

  async call<K extends MethodName>(method: K, args: Parameters<Methods[K]>): Promise<ReturnType<Methods[K]>> {
    if (!isMethod(method)) return refuse('The window asked for something unknown', 'there is no such method', 'Restart Bulkhead.') as ReturnType<Methods[K]>;
    const parsed = requests[method].safeParse(args);
    if (!parsed.success) return refuse('The window asked in a way that is not accepted', `${method}: ${parsed.error.issues[0]?.message ?? ''}`, 'Try again.') as ReturnType<Methods[K]>;
    const handler = this.#methods[method] as (...args: Parameters<Methods[K]>) => ReturnType<Methods[K]> | Promise<ReturnType<Methods[K]>>;
    return handler(...(parsed.data as Parameters<Methods[K]>));
  }

  readonly #methods: { readonly [K in MethodName]: (...args: Parameters<Methods[K]>) => ReturnType<Methods[K]> | Promise<ReturnType<Methods[K]>> } = {
    hello: () => {
      this.#tellAll();
      return { ok: true, value: { version: this.options.version, shell: this.options.shell } };
    },
    resync: () => {
      this.#tellAll();
      return done;
    },
    tryNow: () => {
      this.#live.tryNow();
      return done;
    },
    engines: () => ({ ok: true, value: { now: this.#live.endpoint, engines: foundEngines(this.options).map(({ id, endpoint, from, state }) => ({ id, endpoint, from, state })) } }),
    useEngine: ({ id }) => this.#use(id),
    openText: ({ name, text, key }) => this.#show(openFile(name, text), { key }),
    openDialog: () => refuse('There is no dialog here', 'the shell has none', 'Drop a file on the window.'),
    goLive: () => {
      if (this.options.file !== undefined && this.#livePicture === null) this.#live.start();
      this.#opened = null;
      this.#tellAll();
      return done;
    },
    exportAs: async (args) => (this.picture === null ? noPicture() : this.options.parts.exporter(args, { ...this.picture, rates: this.#opened === null && this.#earlier !== null ? rates(this.#earlier, this.picture.snapshot) : null })),
    saveAs: () => refuse('There is no dialog here', 'the shell has none', 'Let the page download it.'),
    readTraffic: () => {
      const picture = this.#livePicture;
      if (picture === null || this.#opened !== null) return noPicture();
      const connections = this.options.parts.traffic(picture.snapshot);
      this.#live.reader?.take({ connections });
      this.#setLive({ ...picture, snapshot: { ...picture.snapshot, connections } }, []);
      return done;
    },
    readPrograms: async () => {
      const door = this.#live.reader?.door;
      if (this.#livePicture === null || this.#opened !== null || door === undefined) return noPicture();
      const programs = await this.#programs(this.#livePicture.snapshot, door);
      this.#live.reader?.take({ programs });
      const picture = this.#livePicture;
      const snapshot = { ...picture.snapshot, containers: picture.snapshot.containers.map((c) => (programs.has(c.id) ? { ...c, privilegedPrograms: programs.get(c.id) ?? c.privilegedPrograms } : c)) };
      this.#setLive(this.#judged(snapshot, picture), []);
      return done;
    },
    elevate: () => this.#elevate(),
    setPollInterval: ({ ms }) => {
      this.#live.setPoll(ms);
      return done;
    },
    seek: ({ frame }) => {
      const seek = this.#opened?.shown.seek ?? null;
      return seek === null ? refuse('There is no recording', 'a snapshot or a live host is shown', 'Open a recording.') : this.#show(seek(frame), { seek: true });
    },
    compareText: ({ name, text }) => {
      if (this.picture === null) return noPicture();
      const opened = openFile(name, text);
      return opened.ok ? { ok: true, value: this.options.parts.compare(opened.shown.snapshot, this.picture.snapshot) } : opened;
    },
    notify: () => done,
  };

  /** Another engine: nothing of the last one is kept, neither its picture nor a reader that had rights for it. */
  #use(id: string): Answer<null> {
    const found = foundEngines(this.options).find((engine) => engine.id === id);
    if (found === undefined) return refuse('That engine cannot be chosen', 'it is not among those that were found here', 'Start Bulkhead with --host.');
    this.#opened = null;
    this.#livePicture = null;
    this.#example = null;
    this.#strip = new Strip();
    this.#watcher = new Watcher();
    this.#elevated?.close();
    this.#elevated = null;
    this.#live.use(found.choice);
    return done;
  }

  #send(push: Push): void {
    for (const listener of this.#listeners) listener(push);
  }

  #tellAll(): void {
    this.#send({ push: 'link', link: this.link });
    const { picture } = this;
    if (picture !== null) this.#send({ push: 'picture', seq: ++this.#seq, picture });
  }

  #onLink(link: Link): void {
    this.#liveLink = link;
    if (link.state === 'example' && this.#example === null) {
      const snapshot = this.options.parts.example();
      if (snapshot !== null) this.#example = this.#judged(snapshot, null);
      if (this.#opened === null) return this.#tellAll();
    }
    if (this.#opened === null) this.#send({ push: 'link', link });
  }

  #onSnapshot(snapshot: Snapshot, cause: Cause): void {
    const before = this.#livePicture;
    let next: Picture;
    if (this.#judging.due(cause, before?.snapshot ?? null, snapshot) || before === null) next = this.#judged(snapshot, before);
    else if (cause === 'events') next = { ...before, snapshot, ...prune(snapshot, before.judgement, before.findings) };
    else next = this.#checked({ ...before, snapshot });
    const news = before === null || cause === 'events' || before.findings === next.findings ? [] : momentsOfFindings(before.findings, next.findings, snapshot.takenAt);
    this.#setLive(next, this.#strip.add(news, Date.now()));
  }

  #onMoments(moments: readonly Moment[]): void {
    const fresh = this.#strip.add(moments, Date.now());
    if (this.#livePicture !== null && fresh.length > 0) this.#setLive({ ...this.#livePicture, moments: this.#strip.moments }, fresh);
  }

  #onTables(tables: Tables, snapshot: Snapshot, settled: boolean): boolean {
    const news = this.#watcher.see(tables, snapshot, settled);
    if (news !== null) {
      const fresh = this.#strip.add(news, Date.now());
      if (this.#livePicture !== null) this.#setLive(this.#checked({ ...this.#livePicture, alarms: this.#watcher.alarms }), fresh);
      // Whoever looks at a saved file is told all the same.
      if (this.#opened !== null) this.#send({ push: 'alarms', alarms: this.#watcher.alarms });
    }
    return this.#watcher.restless;
  }

  #judged(snapshot: Snapshot, before: Picture | null): Picture {
    const { parts } = this.options;
    const judgement = parts.judge(snapshot);
    const alarms = before?.alarms ?? [];
    const findings = parts.check(snapshot, judgement, alarms);
    const denied = deniedOf(snapshot);
    return {
      snapshot,
      judgement: before !== null && same(before.judgement, judgement) ? before.judgement : judgement,
      findings: before !== null && same(before.findings, findings) ? before.findings : findings,
      alarms,
      moments: before?.moments ?? [],
      denied: before !== null && same(before.denied, denied) ? before.denied : denied,
      elevation: this.#elevationFor(snapshot, denied.length),
    };
  }

  /** Findings by the same verdicts, where only use or alarms changed. */
  #checked(picture: Picture): Picture {
    const findings = this.options.parts.checkMoved(picture.snapshot, picture.judgement, picture.alarms, picture.findings);
    return same(picture.findings, findings) ? picture : { ...picture, findings };
  }

  #elevationFor(snapshot: Snapshot, denied: number): Picture['elevation'] {
    if (this.#elevation === 'running' || this.#elevated !== null) return 'running';
    if (denied === 0) return 'not-needed';
    return this.options.parts.elevate !== null && snapshot.host.proof.kind === 'proved' ? 'possible' : 'not-possible';
  }

  /** The live host's next picture: told as what changed, or whole where there was none. */
  #setLive(next: Picture, newMoments: readonly Moment[]): void {
    const before = this.#livePicture;
    const picture = { ...next, moments: this.#strip.moments };
    if (before === null || before.snapshot.origin !== next.snapshot.origin) {
      this.#livePicture = picture;
      this.#earlier = null;
      if (this.#opened === null) this.#tellAll();
      return;
    }
    if (before.snapshot.takenAt !== next.snapshot.takenAt) this.#earlier = before.snapshot;
    const { delta, snapshot, silent } = pictureDelta(before, next, newMoments);
    this.#livePicture = { ...picture, snapshot };
    if (this.#opened !== null || silent) return;
    this.#send({ push: 'delta', seq: ++this.#seq, delta });
  }

  #show(opened: OpenedFile, asked: Asked = {}): Answer<null> {
    if (!opened.ok) return opened;
    const { shown } = opened;
    const { snapshot, alarms, moments } = shown;
    // By itself: what is remembered of the live host stays.
    const judgement = judge(snapshot);
    const findings = this.options.parts.check(snapshot, judgement, alarms);
    this.#opened = { shown, picture: { snapshot, judgement, findings, alarms, moments, denied: [], elevation: 'not-possible' } };
    for (const push of pushesOf(this.#opened, ++this.#seq, asked)) this.#send(push);
    return done;
  }

  /** With rights where a reader was started, else with this process's. */
  #programs(snapshot: Snapshot, door: Door): Promise<Programs> {
    const which = snapshot.containers.flatMap(({ id, pid }) => (pid === null ? [] : [{ id, pid }]));
    return this.#elevated?.programs?.(which) ?? this.options.parts.programs(snapshot, door);
  }

  async #elevate(): Promise<Answer<null>> {
    const { elevate } = this.options.parts;
    if (elevate === null) return refuse('Nothing could be read as root', 'this machine has neither pkexec nor sudo', 'Run bulkhead as root.');
    if (this.#elevation === 'running' || this.#elevated !== null) return done;
    this.#elevation = 'running';
    const started = await elevate();
    this.#elevation = 'idle';
    if ('what' in started) return { ok: false, trouble: started };
    this.#elevated = started;
    this.#live.reread();
    return done;
  }
}
