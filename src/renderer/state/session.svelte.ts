import type { Answer, Link, Methods, Picture, Push, Trouble } from '../../contract/contract.js';
import type { Rates } from '../../core/facts/rates.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import type { SocketBridge, Wire, WithText } from '../bridge/socket.js';
import { applyChange, ratesBetween } from './apply.js';

/** A short word to the user that goes by itself, or a trouble that stays until it is closed. */
export interface Notice {
  readonly id: number;
  readonly trouble: Trouble | null;
  readonly text: string;
}

const NOTICE_MS = 6000;

type Value<K extends keyof Methods> = Extract<ReturnType<Methods[K]>, { ok: true }>['value'];

/** Not trusted before the session has checked the same text; null where it is no JSON. */
function parsed(text: string): Snapshot | null {
  try {
    return JSON.parse(text) as Snapshot;
  } catch {
    return null;
  }
}

/** What the session told: the state of the link, the latest picture and its rates. Nothing here knows a lens. */
export class SessionState {
  link = $state.raw<Link>({ state: 'connecting', endpoint: '', since: new Date().toISOString(), read: 0, total: null });
  picture = $state.raw<Picture | null>(null);
  rates = $state.raw<Rates | null>(null);
  wire = $state<Wire>('opening');
  shell = $state<'electron' | 'browser'>('browser');
  version = $state('');
  notices = $state.raw<readonly Notice[]>([]);
  /** Counts each second, for the ages that are shown. */
  now = $state(Date.now());

  /** Called whenever a session answers for the first time, also after a loss. */
  onReady: () => void = () => {};

  readonly #bridge: SocketBridge;
  #seq = -1;
  #notice = 0;
  /** The number of an opened picture whose file is still being parsed here. */
  #awaited: number | null = null;
  #commands = new Set<(command: Extract<Push, { push: 'command' }>['command']) => void>();
  #alarms = new Set<string>();
  /** What was parsed of the text that was given last, until the session has said what it thinks of it. */
  #given: { readonly key: string; readonly snapshot: Promise<Snapshot | null> } | null = null;

  constructor(bridge: SocketBridge) {
    this.#bridge = bridge;
    bridge.onPush((push) => this.#take(push));
    bridge.onWire((wire) => {
      const before = this.wire;
      this.wire = wire;
      if (wire === 'open' && before !== 'open') void this.#hello();
    });
    setInterval(() => (this.now = Date.now()), 1000);
  }

  async #hello(): Promise<void> {
    const answer = await this.#bridge.call('hello');
    if (!answer.ok) return this.tell(answer.trouble);
    this.shell = answer.value.shell;
    this.version = answer.value.version;
    this.onReady();
  }

  #take(push: Push): void {
    if (push.push === 'link') this.link = push.link;
    else if (push.push === 'picture') this.#show(push.seq, push.picture);
    else if (push.push === 'frame') this.link = this.link.state === 'recording' ? { ...this.link, at: push.at } : this.link;
    else if (push.push === 'opened') void this.#showOwn(push);
    else if (push.push === 'command') for (const listener of this.#commands) listener(push.command);
    else if (this.picture === null || push.seq !== this.#seq + 1) void this.#bridge.call('resync');
    else this.#show(push.seq, applyChange(this.picture, push.delta));
  }

  #show(seq: number, picture: Picture): void {
    this.#seq = seq;
    this.#awaited = null;
    this.rates = ratesBetween(this.picture, picture, this.rates);
    this.picture = picture;
    this.#notify(picture);
  }

  /** The session found the text fit that this window gave: what this window parsed of it is the picture's snapshot. */
  async #showOwn({ seq, key, picture }: Extract<Push, { push: 'opened' }>): Promise<void> {
    const own = this.#given?.key === key ? this.#given.snapshot : null;
    this.#given = null;
    this.#awaited = seq;
    const snapshot = await own;
    // Whatever came in the meantime is newer.
    if (this.#awaited !== seq) return;
    this.#awaited = null;
    if (snapshot === null) void this.#bridge.call('resync');
    else this.#show(seq, { ...picture, snapshot });
  }

  /** Opens a file. It is parsed here while the session reads, checks and judges it, and shown when the session says that it is fit. */
  async openFile(file: File): Promise<void> {
    // Read once, so that what is shown is what was checked, whoever writes to the file meanwhile.
    const bytes = await file.arrayBuffer().catch(() => null);
    if (bytes === null) return this.tell({ what: `${file.name} was not opened.`, why: 'It could not be read.', todo: 'Look whether it is still there.', command: '' });
    const key = [...crypto.getRandomValues(new Uint8Array(12))].join('.');
    const asked = this.askWith('openText', { name: file.name, key }, new Blob([bytes]));
    // The request goes on its way first.
    const snapshot = new Promise<void>((resolve) => setTimeout(resolve)).then(() => parsed(new TextDecoder().decode(bytes)));
    this.#given = { key, snapshot };
    await asked;
  }

  /** New alarms of a live host are told, each once: by the desktop, and in a browser by the page and, if allowed, the browser. */
  #notify(picture: Picture): void {
    const fresh = picture.alarms.filter((alarm) => alarm.healedAt === null && !this.#alarms.has(alarm.id));
    for (const alarm of fresh) {
      this.#alarms.add(alarm.id);
      if (this.link.state !== 'live') continue;
      const title = 'Bulkhead: an address moved to another’s MAC';
      if (this.shell === 'electron') void this.#bridge.call('notify', { title, body: alarm.sentence.slice(0, 2000) });
      else {
        this.tell(alarm.sentence);
        if ('Notification' in window && Notification.permission === 'granted') new Notification(title, { body: alarm.sentence });
      }
    }
  }

  onCommand(listener: (command: Extract<Push, { push: 'command' }>['command']) => void): () => void {
    this.#commands.add(listener);
    return () => this.#commands.delete(listener);
  }

  /** Asks the session; a trouble is shown, and answered as null. */
  async ask<K extends keyof Methods>(method: K, ...args: Parameters<Methods[K]>): Promise<Value<K> | null> {
    return this.#value((await this.#bridge.call(method, ...args)) as Answer<Value<K>>);
  }

  /** The same with a file's content for the text. */
  async askWith<K extends WithText>(method: K, rest: Omit<Parameters<Methods[K]>[0], 'text'>, file: Blob): Promise<Value<K> | null> {
    return this.#value((await this.#bridge.callWith(method, rest, file)) as Answer<Value<K>>);
  }

  #value<T>(answer: Answer<T>): T | null {
    if (answer.ok) return answer.value;
    this.tell(answer.trouble);
    return null;
  }

  /** Goes to another engine; the picture of the last one is not shown as if it were the new one's. */
  async useEngine(id: string): Promise<boolean> {
    const picture = this.picture;
    this.picture = null;
    this.rates = null;
    if ((await this.#bridge.call('useEngine', { id })).ok) return true;
    this.picture = picture;
    return false;
  }

  tell(what: Trouble | string): void {
    const id = (this.#notice += 1);
    const notice: Notice = typeof what === 'string' ? { id, trouble: null, text: what } : { id, trouble: what, text: what.what };
    this.notices = [...this.notices.slice(-3), notice];
    if (notice.trouble === null) setTimeout(() => this.dismiss(id), NOTICE_MS);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}
