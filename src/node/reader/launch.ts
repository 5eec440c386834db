import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Trouble } from '../../contract/contract.js';
import type { KernelReaders } from '../collect/parts.js';
import { machineReaders } from '../collect/machine.js';
import { startReader } from './client.js';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];

function find(program: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The built reader, beside or above the program that runs; `undefined` where it was not built. */
function builtReader(): string | undefined {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const found = [join(here, 'reader.js'), join(here, '../cli/reader.js'), join(here, '../../../out/cli/reader.js')].find((path) => existsSync(path));
  // Only Electron sees into its archive; what another program starts lies beside it.
  return found?.replace(/([\\/])app\.asar([\\/])/, '$1app.asar.unpacked$2');
}

/**
 * What runs the reader: this very program where it is Node. In Electron the machine's own Node; without one Electron acts as Node,
 * but only unpackaged: in a package a fuse forbids that, and the whole window would start as root instead.
 */
function nodeCommand(): readonly string[] | null {
  if (process.versions['electron'] === undefined) return [process.execPath];
  const node = find('node');
  if (node !== undefined) return [node];
  return 'defaultApp' in process && process.defaultApp === true ? [find('env') ?? '/usr/bin/env', 'ELECTRON_RUN_AS_NODE=1', process.execPath] : null;
}

/**
 * How to start the reader here: `pkexec` where there is a desktop to ask on, `sudo` in a terminal (it asks there) or
 * without asking where that is allowed. Null where it is not needed (root already), was not built, or neither is here.
 */
export function readerCommand(terminal: boolean = process.stdin.isTTY === true): readonly string[] | null {
  const reader = builtReader();
  if (process.geteuid?.() === 0 || reader === undefined) return null;
  const node = nodeCommand();
  if (node === null) return null;
  const pkexec = find('pkexec');
  const sudo = find('sudo');
  const desktop = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
  if (terminal && sudo !== undefined) return [sudo, '--', ...node, reader];
  if (desktop && pkexec !== undefined) return [pkexec, ...node, reader];
  if (sudo !== undefined) return [sudo, '-n', '--', ...node, reader];
  return null;
}

/** What the reader reads; once it has ended, however that came, what this process can read by itself. */
export function orElse(reader: KernelReaders, own: () => KernelReaders | null): KernelReaders {
  let now = reader;
  const tried = async <T>(work: (readers: KernelReaders) => T | Promise<T>): Promise<T> => {
    try {
      return await work(now);
    } catch (error) {
      const mine = now === reader ? own() : null;
      if (mine === null) throw error;
      reader.close();
      now = mine;
      return work(now);
    }
  };
  return {
    kernel: (containers, touched, depth) => tried((readers) => readers.kernel(containers, readers === reader ? touched : null, depth)),
    moving: () => tried((readers) => readers.moving()),
    wire: (input, touched, depth) => tried((readers) => readers.wire(input, readers === reader ? touched : null, depth)),
    tables: (nets) => tried((readers) => readers.tables(nets)),
    hears: (nets) => now.hears?.(nets) === true,
    onMoved: (moved) => now.onMoved?.(moved),
    programs: (which) => tried(async (readers) => (await readers.programs?.(which)) ?? new Map()),
    forget: () => now.forget(),
    close: () => now.close(),
  };
}

/** Starts the reader on the user's request; null where this machine has no way to. */
export function elevator(): (() => Promise<KernelReaders | Trouble>) | null {
  const command = readerCommand();
  if (command === null) return null;
  return async () => {
    const started = await startReader(command);
    return 'what' in started ? started : orElse(started, machineReaders);
  };
}
