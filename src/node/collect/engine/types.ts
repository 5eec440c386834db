import type { Container, Declared } from '../../../core/model/index.js';

/** One network as `GET /networks` tells it. `subnets` in CIDR form. */
export interface EngineNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  /** Driver options, e.g. `com.docker.network.bridge.name`, `parent`, `macvlan_mode`. */
  readonly options: Readonly<Record<string, string>>;
  /** Compose's project, from the label. */
  readonly project: string | null;
}

/** Where the engine says that a container is plugged in; `''` for what it does not say. Addresses in CIDR form. */
export interface EngineEndpoint {
  readonly network: string;
  readonly networkId: string;
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly gateway: string;
  readonly gateway6: string;
}

/** One container as `GET /containers/<id>/json` tells it, without environment, secrets masked. `pid` is null where none runs. */
export interface EngineContainer
  extends Pick<
    Container,
    'id' | 'name' | 'image' | 'imageId' | 'state' | 'pid' | 'health' | 'project' | 'service' | 'createdAt' | 'startedAt' | 'labels'
  > {
  readonly declared: Declared;
  readonly endpoints: readonly EngineEndpoint[];
  /** The engine's bind mount of the net namespace, `/var/run/docker/netns/…`, or `''`. */
  readonly sandboxKey: string;
}

/** What the engine says of itself and its host, from `/info` and `/version`. Absent numbers are null. */
export interface EngineInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly endpoint: string;
  readonly hostname: string | null;
  readonly os: string | null;
  readonly kernel: string | null;
  readonly cpus: number | null;
  readonly memory: number | null;
  readonly cgroupVersion: '1' | '2' | null;
  readonly cgroupDriver: string | null;
  readonly dataRoot: string | null;
  /** `name=seccomp,profile=default`, `name=rootless` …; null where the engine does not tell. */
  readonly securityOptions: readonly string[] | null;
}
