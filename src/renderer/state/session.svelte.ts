import type { Answer, Link, Methods, Picture, Push, Trouble } from '../../contract/contract.js';
import type { Alarm } from '../../core/alarm/types.js';
import type { Rates } from '../../core/facts/rates.js';
import type { SocketBridge, Wire, WithText } from '../bridge/socket.js';
import { applyChange, ratesBetween } from './apply.js';
import { openHere, painted, type Opening } from './opening.js';

/** A short word to the user that goes by itself, or a trouble that stays until it is closed. */
export interface Notice {
  readonly id: number;
  readonly trouble: Trouble | null;
  readonly text: string;
}

const NOTICE_MS = 6000;

type Value<K extends keyof Methods> = Extract<ReturnType<Methods[K]>, { ok: true }>['value'];

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
  #commands = new Set<(command: Extract<Push, { push: 'command' }>['command']) => void>();
  #alarms = new Set<string>();
  /** A file that is shown before the session has it: until then what the session tells is of what was shown before. */
  #opening: (Opening & { readonly known: Promise<void> }) | null = null;

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
    if (push.push === 'opened') this.#agreed(push.seq, push.key);
    else if (push.push === 'alarms') this.#notify(push.alarms, true);
    else if (this.#opening !== null && push.push !== 'command') return;
    else if (push.push === 'link') this.link = push.link;
    else if (push.push === 'picture') this.#show(push.seq, push.picture);
    else if (push.push === 'frame') this.link = this.link.state === 'recording' ? { ...this.link, at: push.at } : this.link;
    else if (push.push === 'command') for (const listener of this.#commands) listener(push.command);
    else if (this.picture === null || push.seq !== this.#seq + 1) void this.#bridge.call('resync');
    else this.#show(push.seq, applyChange(this.picture, push.delta));
  }

  #show(seq: number, picture: Picture): void {
    this.#seq = seq;
    this.rates = ratesBetween(this.picture, picture, this.rates);
    this.picture = picture;
    this.#notify(picture.alarms, this.link.state === 'live');
  }

  /** The session has the file that is shown here already; another window's is asked for. */
  #agreed(seq: number, key: string): void {
    if (this.#opening?.key !== key) return void this.#bridge.call('resync');
    this.#opening = null;
    this.#seq = seq;
  }

  /** Opens a file. A snapshot of today's format is checked, judged and shown here at once; the session does the same with it after the first frame. */
  async openFile(file: File): Promise<void> {
    // Read once, so that what is shown is what was checked, whoever writes to the file meanwhile.
    const bytes = await file.arrayBuffer().catch(() => null);
    if (bytes === null) return this.tell({ what: `${file.name} was not opened.`, why: 'It could not be read.', todo: 'Look whether it is still there.', command: '' });
    await this.#opening?.known;
    const own = openHere(file.name, new TextDecoder().decode(bytes));
    if (own === null) return void (await this.askWith('openText', { name: file.name }, new Blob([bytes])));
    let known = (): void => {};
    this.#opening = { ...own, known: new Promise<void>((resolve) => (known = resolve)) };
    this.link = own.link;
    this.#show(this.#seq, own.picture);
    await painted();
    const answer = await this.#bridge.callWith('openText', { name: file.name, key: own.key }, new Blob([bytes]));
    known();
    if (!answer.ok) this.tell(answer.trouble);
    // Told on another way than the answer: a moment later at most, or never.
    setTimeout(() => this.#lapsed(own.key), answer.ok ? 2000 : 0);
  }

  /** The session did not take the file up: what it shows is shown. */
  #lapsed(key: string): void {
    if (this.#opening?.key !== key) return;
    this.#opening = null;
    void this.#bridge.call('resync');
  }

  /** New alarms of a live host are told, each once: by the desktop, and in a browser by the page and, if allowed, the browser. */
  #notify(alarms: readonly Alarm[], live: boolean): void {
    const fresh = alarms.filter((alarm) => alarm.healedAt === null && !this.#alarms.has(alarm.id));
    for (const alarm of fresh) {
      this.#alarms.add(alarm.id);
      if (!live) continue;
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
    // It is about what is shown, so the session must have that.
    await this.#opening?.known;
    return this.#value((await this.#bridge.call(method, ...args)) as Answer<Value<K>>);
  }

  /** The same with a file's content for the text. */
  async askWith<K extends WithText>(method: K, rest: Omit<Parameters<Methods[K]>[0], 'text'>, file: Blob): Promise<Value<K> | null> {
    await this.#opening?.known;
    return this.#value((await this.#bridge.callWith(method, rest, file)) as Answer<Value<K>>);
  }

  #value<T>(answer: Answer<T>): T | null {
    if (answer.ok) return answer.value;
    this.tell(answer.trouble);
    return null;
  }

  /** Goes to another engine; the picture of the last one is not shown as if it were the new one's. */
  async useEngine(id: string): Promise<boolean> {
    await this.#opening?.known;
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
