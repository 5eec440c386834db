import { workloads, type Snapshot } from '../../core/model/index.js';
import { assemble, joinContainers, netsToRead } from './assemble.js';
import type { Door } from './engine/door.js';
import { readContainers, readInfo, readList, readNetworks } from './engine/engine.js';
import type { EngineInfo } from './engine/types.js';
import type { KernelInput, KernelRead, Roots, WireInput, WireRead } from './parts.js';

export interface Readers {
  readonly kernel: ((input: KernelInput) => KernelRead) | null;
  readonly wire: ((input: WireInput) => Promise<WireRead>) | null;
}

export interface ReaderOptions {
  readonly roots: Roots;
  readonly readers: Readers;
  readonly now: () => Date;
  /** Told while containers are read, for a window that waits. */
  readonly progress: (read: number, total: number) => void;
}

/** Reads snapshots of one engine through one door. */
export class Reader {
  #info: EngineInfo | null = null;

  constructor(
    readonly door: Door,
    private readonly options: ReaderOptions,
  ) {}

  async snapshot(): Promise<Snapshot> {
    const { roots, readers, now, progress } = this.options;
    const [info, list, networks] = await Promise.all([this.#info ?? readInfo(this.door), readList(this.door), readNetworks(this.door)]);
    this.#info = info;
    const { containers, notes } = await readContainers(this.door, list, info.securityOptions, (done) => progress(done, list.length));
    const kernel = readers.kernel?.({ roots, containers }) ?? null;
    const gathered = { takenAt: now().toISOString(), info, containers, networks, kernel, notes };
    const joined = joinContainers(gathered);
    const here = kernel !== null && kernel.proof.kind !== 'foreign';
    const nets = netsToRead(workloads({ containers: joined, groups: here ? kernel.groups : [] } as unknown as Snapshot));
    const wire = readers.wire === null || kernel === null ? null : await readers.wire({ roots, nets, networks, containers, proof: kernel.proof });
    return assemble(gathered, joined, wire);
  }
}
