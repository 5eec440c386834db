import type { z } from 'zod';
import type { Note } from '../../../core/model/index.js';
import * as answers from './answers.js';
import { containerOf, stateOf } from './declared.js';
import { Refused, type Door } from './door.js';
import type { EngineContainer, EngineInfo, EngineNetwork } from './types.js';

/** The engine answered something that this code does not understand. */
export class NotUnderstood extends Error {}

function parse<T extends z.ZodType>(schema: T, what: string, answer: unknown): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new NotUnderstood(`the engine's answer about ${what} was not understood (${issue?.path.join('.') || 'whole'}: ${issue?.message ?? 'wrong'})`);
}

/** What the engine and its host are; two requests, asked once for a connection. */
export async function readInfo(door: Door): Promise<EngineInfo> {
  const [rawVersion, rawInfo] = await Promise.all([door.get('/version'), door.get('/info')]);
  const version = parse(answers.version, 'its version', rawVersion);
  const info = parse(answers.info, 'itself', rawInfo);
  const podman = version.Components.some((component) => /podman/i.test(component.Name));
  return {
    id: info.ID,
    name: podman ? 'Podman' : 'Docker',
    version: version.Version || info.ServerVersion,
    apiVersion: door.apiVersion,
    endpoint: door.endpoint,
    hostname: info.Name ?? null,
    os: info.OperatingSystem ?? null,
    kernel: info.KernelVersion ?? null,
    cpus: info.NCPU ?? null,
    memory: info.MemTotal ?? null,
    cgroupVersion: info.CgroupVersion === '1' || info.CgroupVersion === '2' ? info.CgroupVersion : info.CgroupVersion === 'v1' ? '1' : info.CgroupVersion === 'v2' ? '2' : null,
    cgroupDriver: info.CgroupDriver ?? null,
    dataRoot: info.DockerRootDir ?? null,
    securityOptions: info.SecurityOptions ?? null,
  };
}

/** One line of the list: what can be told without asking for each. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly state: EngineContainer['state'];
  /** `Up 2 minutes (Paused)`, `Exited (0) 3 s ago`: changes with what inspect would say. */
  readonly status: string;
}

/** All containers, stopped ones too; one request. */
export async function readList(door: Door): Promise<readonly ListedContainer[]> {
  const list = parse(answers.listed, 'its containers', await door.get('/containers/json', { all: 1 }));
  return list.map((c) => ({ id: c.Id, name: (c.Names[0] ?? '').replace(/^\//, ''), state: stateOf(c.State), status: c.Status }));
}

/** One container; null where it has gone. One request. */
export async function readContainer(door: Door, id: string, securityOptions: readonly string[] | null): Promise<EngineContainer | null> {
  try {
    return containerOf(parse(answers.inspected, `container ${id.slice(0, 12)}`, await door.get(`/containers/${id}/json`)), securityOptions);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}

/** All networks; one request. */
export async function readNetworks(door: Door): Promise<readonly EngineNetwork[]> {
  const list = parse(answers.networks, 'its networks', await door.get('/networks'));
  return list.map((n) => ({
    id: n.Id,
    name: n.Name,
    driver: n.Driver,
    scope: n.Scope,
    internal: n.Internal,
    ipv6: n.EnableIPv6,
    subnets: (n.IPAM?.Config ?? []).map((c) => c.Subnet).filter((s) => s !== ''),
    gateways: (n.IPAM?.Config ?? []).map((c) => c.Gateway.split('/')[0] ?? '').filter((g) => g !== ''),
    options: n.Options,
    project: n.Labels['com.docker.compose.project'] ?? null,
  }));
}

/**
 * Many containers at once. One that went meanwhile, or whose answer was not understood, is left out with a note;
 * an engine that does not answer at all rejects.
 */
export async function readContainers(
  door: Door,
  list: readonly ListedContainer[],
  securityOptions: readonly string[] | null,
  progress: (done: number) => void = () => undefined,
): Promise<{ readonly containers: readonly EngineContainer[]; readonly notes: readonly Note[] }> {
  const notes: Note[] = [];
  let done = 0;
  const found = await Promise.all(
    list.map(async ({ id, name }) => {
      try {
        const container = await readContainer(door, id, securityOptions);
        if (container === null) notes.push({ about: id, text: `${name} went away while it was read` });
        return container;
      } catch (error) {
        if (!(error instanceof NotUnderstood) && !(error instanceof Refused)) throw error;
        notes.push({ about: id, text: `${name} was left out: ${error.message}` });
        return null;
      } finally {
        done += 1;
        progress(done);
      }
    }),
  );
  return { containers: found.filter((c) => c !== null), notes };
}
