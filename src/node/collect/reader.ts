import { setImmediate as next } from 'node:timers/promises';
import { applyDelta, diffSnapshots } from '../../core/delta.js';
import { workloads, type Container, type NetNamespace, type Note, type Snapshot } from '../../core/model/index.js';
import { contradicts, differs, mapped, withDeclaredOf, withStates } from './moved.js';
import { withBegun } from './begun.js';
import { assemble, joinContainers, netsToRead, type Gathered, type Joined } from './assemble.js';
import { Refused, type Door } from './engine/door.js';
import { NotUnderstood, readContainer, readContainers, readInfo, readList, readNetworks } from './engine/engine.js';
import type { EngineContainer, EngineInfo, EngineNetwork } from './engine/types.js';
import type { KernelRead, KernelReaders, NetToRead, Tables, Depth, WireRead } from './parts.js';

export interface ReaderOptions {
  /** Null: nothing of the kernel is read. */
  readonly readers: KernelReaders | null;
  readonly now?: () => Date;
  /** Told while containers are read, for a window that waits. */
  readonly progress?: (read: number, total: number) => void;
  readonly onInfo?: (info: EngineInfo) => void;
}

/** What happened since the last snapshot, as far as it has to be read again. */
export interface Touched {
  /** Asked of the engine again. */
  readonly containers: ReadonlySet<string>;
  /** Only their processes changed (an exec): the engine has nothing new to say. */
  readonly processes: ReadonlySet<string>;
  readonly networks: boolean;
}

/** Reads snapshots of one engine through one door, and remembers what no event has touched. Calls run one after another. */
export class Reader {
  #info: EngineInfo | null = null;
  #networks: readonly EngineNetwork[] | null = null;
  #engine = new Map<string, EngineContainer>();
  #kernel: KernelRead | null = null;
  #wire: WireRead | null = null;
  readonly #joined: Joined = new Map();
  #notes: readonly Note[] = [];
  #nets: readonly NetToRead[] = [];
  #last: Snapshot | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** Keys of net namespaces that were touched and since then read quickly only. */
  readonly #owed = new Set<string>();
  #kernelIsQuick = true;
  /** Containers whose limits are not those declared, and whose declaration was asked for again. */
  readonly #contradicted = new Set<string>();
  #connections: Snapshot['connections'] | null = null;
  readonly #programs = new Map<string, Container['privilegedPrograms']>();
  /** The tables that were taken last, and what they were taken into. */
  #taken: { readonly tables: Tables; readonly into: Snapshot['nets'] } | null = null;
  /** What a table that was polled became in the snapshot. */
  readonly #tables = new WeakMap<NetNamespace['neighbours'], NetNamespace['neighbours']>();

  #readers: KernelReaders | null;

  constructor(
    readonly door: Door,
    private readonly options: ReaderOptions,
  ) {
    this.#readers = options.readers;
  }

  /** Another reader of the kernel from now on; the next whole snapshot uses it. */
  useReaders(readers: KernelReaders | null): void {
    this.#readers = readers;
  }

  /** The last snapshot, if there was one. */
  get last(): Snapshot | null {
    return this.#last;
  }

  get nets(): readonly NetToRead[] { return this.#nets; }

  /** Keeps what was read on request, for the snapshots to come: programs as long as their image, connections until all is read anew. */
  take(asked: { readonly connections?: Snapshot['connections']; readonly programs?: ReadonlyMap<string, Container['privilegedPrograms']> }): void {
    if (asked.connections !== undefined) this.#connections = asked.connections;
    for (const [id, programs] of asked.programs ?? []) this.#programs.set(id, programs);
    if (this.#last !== null) this.#settle(this.#last);
  }

  /** Reads everything anew. */
  snapshot(depth: Depth = 'full'): Promise<Snapshot> {
    return this.#inTurn(async () => {
      this.#engine.clear();
      this.#info = null;
      this.#connections = null;
      this.#readers?.forget();
      this.#readers?.begin?.(depth, false);
      return this.#list(null, depth);
    });
  }

  /**
   * The next snapshot where the containers are known: the list and the networks are asked for, each container only
   * where it is new or its state is another one. Sound as long as somebody listens to the engine's events.
   */
  again(depth: Depth = 'full'): Promise<Snapshot> {
    return this.#inTurn(() => {
      if (this.#kernel !== null) this.#readers?.begin?.(depth, true);
      return this.#list(new Set(), depth);
    });
  }

  /** Reads again what was touched. `tell`: is given what can be told at once of containers that began, before all else is read. */
  refresh(touched: Touched, depth: Depth = 'full', tell?: (begun: Snapshot) => void): Promise<Snapshot> {
    return this.#inTurn(async () => {
      const info = this.#info;
      if (info === null) return this.#list(null, depth);
      const notes: Note[] = [];
      const [networks] = await Promise.all([
        touched.networks || this.#networks === null ? readNetworks(this.door) : this.#networks,
        ...[...touched.containers].map((id) => this.#ask(id, info, notes)),
      ]);
      this.#networks = networks;
      this.#notes = notes;
      if (tell !== undefined) await this.#tellBegun(touched.containers, tell);
      return this.#read(new Set([...touched.containers, ...touched.processes]), depth);
    });
  }

  /** Whether a quick or limited reading left something unasked. */
  get owing(): boolean {
    return this.#owed.size > 0;
  }

  /** Asks what a quick reading left unasked, of at most so many net namespaces now; only the first such step reads the kernel. Null where nothing is known yet. */
  deepen(most?: number): Promise<Snapshot | null> {
    const step = () => (this.#kernelIsQuick ? this.#read(new Set(), 'full', most) : this.#join(new Set(), 'full', most));
    return this.#inTurn(async () => (this.#last === null ? null : step()));
  }

  /** Reads the kernel alone again: processes that came without the engine knowing; and the host's links and rules, where asked to. */
  recheck(host = true): Promise<Snapshot | null> {
    return this.#inTurn(async () => {
      if (this.#last === null || this.#info === null) return null;
      this.#kernel = await this.#readKernel(null, 'check');
      return this.#join(new Set(host ? ['host'] : []), 'full');
    });
  }

  /** Reads use and limits again; the same object as `last` where nothing moved. */
  poll(): Promise<Snapshot | null> {
    return this.#inTurn(async () => {
      const readers = this.#readers;
      const last = this.#last;
      if (last === null || readers === null || this.#kernel === null || this.#kernel.proof.kind === 'foreign') return last;
      const moving = await readers.moving();
      const kernel = this.#kernel;
      const of = new Map(kernel.of);
      for (const [id, cgroup] of moving.of) {
        const facts = of.get(id);
        if (facts !== undefined && facts.cgroup !== cgroup) of.set(id, { ...facts, cgroup });
      }
      const use = <T extends { readonly id: string; readonly cgroup: Container['cgroup'] }>(all: readonly T[]): readonly T[] =>
        mapped(all, (w) => {
          const now = moving.of.get(w.id);
          // A container's entry has the engine's word beside the kernel's, so what was read is compared with what was read.
          return now === undefined || now === (kernel.of.get(w.id)?.cgroup ?? w.cgroup) ? w : { ...w, cgroup: withDeclaredOf(now, w.cgroup) };
        });
      const [containers, groups] = [use(last.containers), use(last.groups)];
      this.#kernel = { ...kernel, of, groups: use(kernel.groups), cgroups: moving.cgroups };
      return this.#settle({ ...last, takenAt: this.#now().toISOString(), containers, groups, cgroups: moving.cgroups });
    });
  }

  /**
   * Takes neighbour tables that were read into the snapshot; the same object as `last` where nothing moved. The time
   * stays: rates are told by it, and no counter was read.
   */
  withTables(tables: Tables): Snapshot | null {
    const last = this.#last;
    if (last === null || (this.#taken?.tables === tables && this.#taken.into === last.nets)) return last;
    const byKey = new Map(tables.tables.map((t) => [t.key, t.neighbours]));
    let moved = false;
    const nets = last.nets.map((net): NetNamespace => {
      const neighbours = byKey.get(net.key);
      if (neighbours === undefined) return net;
      // A table that did not move is the very same object as before.
      const taken = this.#tables.get(neighbours);
      if (taken !== undefined && taken === net.neighbours) return net;
      const differ = differs(net.neighbours, neighbours);
      const into = differ ? withStates(neighbours, net.neighbours) : net.neighbours;
      this.#tables.set(neighbours, into);
      if (!differ) return net;
      moved = true;
      return { ...net, neighbours: into };
    });
    if (moved) this.#last = { ...last, nets };
    this.#taken = { tables, into: moved ? nets : last.nets };
    return this.#last;
  }

  #now(): Date {
    return this.options.now?.() ?? new Date();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work, work);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #ask(id: string, info: EngineInfo, notes: Note[]): Promise<void> {
    try {
      const container = await readContainer(this.door, id, info.securityOptions);
      if (container === null) this.#engine.delete(id);
      else this.#engine.set(id, container);
    } catch (error) {
      if (!(error instanceof NotUnderstood) && !(error instanceof Refused)) throw error;
      this.#engine.delete(id);
      notes.push({ about: id, text: `${id.slice(0, 12)} was left out: ${error.message}` });
    }
  }

  async #list(touched: Set<string> | null, depth: Depth): Promise<Snapshot> {
    const { progress, onInfo } = this.options;
    const [info, list, networks] = await Promise.all([this.#info ?? readInfo(this.door), readList(this.door), readNetworks(this.door)]);
    if (this.#info === null) onInfo?.(info);
    const known = new Map(this.#engine);
    const ask = list.filter((one) => known.get(one.id)?.state !== one.state);
    const read = await readContainers(this.door, ask, info.securityOptions, (done) => progress?.(done, list.length));
    const fresh = new Map(read.containers.map((c) => [c.id, c]));
    for (const one of ask) touched?.add(one.id);
    this.#info = info;
    this.#networks = networks;
    this.#engine = new Map(list.flatMap(({ id }) => {
      const container = fresh.get(id) ?? (ask.some((one) => one.id === id) ? undefined : known.get(id));
      return container === undefined ? [] : [[id, container] as const];
    }));
    this.#notes = read.notes;
    return this.#read(touched, depth);
  }

  async #read(touched: ReadonlySet<string> | null, depth: Depth, most?: number): Promise<Snapshot> {
    this.#kernel = await this.#readKernel(touched, depth);
    this.#kernelIsQuick = depth !== 'full';
    return this.#join(touched === null ? null : this.#netsOf(touched), depth, most);
  }

  async #tellBegun(ids: ReadonlySet<string>, tell: (begun: Snapshot) => void): Promise<void> {
    const last = this.#last;
    if (last === null || this.#kernel?.proof.kind !== 'proved') return;
    const begun = await withBegun(last, ids, this.#engine, this.#readers);
    if (begun === null) return;
    this.#last = begun;
    tell(begun);
    // Whoever was told passes it on before this thread is busy again.
    await next();
  }

  /** The kernel, and once more where a container ended or began anew since the engine was asked. */
  async #readKernel(touched: ReadonlySet<string> | null, depth: Depth | 'check'): Promise<KernelRead | null> {
    const info = this.#info;
    const readers = this.#readers;
    if (info === null || readers === null) return null;
    const kernel = await readers.kernel([...this.#engine.values()], touched, depth);
    if (kernel.proof.kind !== 'proved') return kernel;
    const moved: string[] = [];
    for (const c of this.#engine.values()) {
      const facts = c.pid === null ? undefined : kernel.of.get(c.id);
      if (facts === undefined) continue;
      if (facts.process === null) moved.push(c.id);
      else if (!contradicts(facts.cgroup, c.declared)) this.#contradicted.delete(c.id);
      else if (!this.#contradicted.has(c.id)) {
        // Perhaps the engine was told something else since it was asked; only what stays is a contradiction.
        this.#contradicted.add(c.id);
        moved.push(c.id);
      }
    }
    if (moved.length === 0) return kernel;
    const notes: Note[] = [];
    await Promise.all(moved.map((id) => this.#ask(id, info, notes)));
    this.#notes = [...this.#notes, ...notes];
    return readers.kernel([...this.#engine.values()], new Set([...(touched ?? []), ...moved]), depth);
  }

  /** Keys of the net namespaces that touched containers were in before: what hangs there may have changed. */
  #netsOf(touched: ReadonlySet<string>): ReadonlySet<string> {
    const own = (this.#last?.containers ?? []).flatMap((c) => (touched.has(c.id) && c.net !== null ? [c.net] : []));
    return new Set(touched.size === 0 ? own : ['host', ...own]);
  }

  async #join(touched: ReadonlySet<string> | null, depth: Depth, most?: number): Promise<Snapshot> {
    const info = this.#info;
    if (info === null) throw new Error('nothing was asked of the engine yet');
    const kernel = this.#kernel;
    const containers = [...this.#engine.values()];
    const gathered: Gathered = { takenAt: this.#now().toISOString(), info, containers, networks: this.#networks ?? [], kernel, notes: this.#notes };
    const joined = joinContainers(gathered, this.#joined);
    const here = kernel !== null && kernel.proof.kind !== 'foreign';
    this.#nets = netsToRead(workloads({ containers: joined, groups: here ? kernel.groups : [] } as unknown as Snapshot), here ? kernel.host : null);
    // The host's links and rules may change with any container.
    if (depth !== 'full') for (const key of ['host', ...(touched ?? [])]) this.#owed.add(key);
    const stale = touched === null || depth !== 'full' ? touched : new Set([...touched, ...this.#owed]);
    if (depth === 'full') this.#owed.clear();
    const plugs = { nets: this.#nets, networks: gathered.networks, containers, proof: kernel?.proof ?? { kind: 'unproved' as const, why: '' } };
    this.#wire = kernel === null ? null : ((await this.#readers?.wire(plugs, stale, depth, most)) ?? null);
    for (const key of this.#wire?.left ?? []) this.#owed.add(key);
    return this.#settle(assemble(gathered, joined, this.#wire));
  }

  /** Entries that say the same stay the same objects, so that later comparisons end early. */
  #settle(read: Snapshot): Snapshot {
    const last = this.#last;
    const next: Snapshot = {
      ...read,
      connections: this.#connections ?? read.connections,
      containers: this.#programs.size === 0 ? read.containers : read.containers.map((c) => ({ ...c, privilegedPrograms: this.#programs.get(c.id) ?? c.privilegedPrograms })),
    };
    this.#last = last === null ? next : inOrderOf(next, applyDelta(last, diffSnapshots(last, next)));
    return this.#last;
  }
}

const inOrderOf = (next: Snapshot, merged: Snapshot): Snapshot => ({ ...merged, format: next.format, origin: next.origin, redacted: next.redacted });
