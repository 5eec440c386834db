import type { LensName } from '../scene/scene.js';
import { enforcement } from './enforcement/index.js';
import { namespaces } from './namespaces/index.js';
import { network } from './network/index.js';
import { resources } from './resources/index.js';
import type { Lens } from './view.js';

const BY_NAME: Readonly<Record<LensName, Lens>> = { network, namespaces, resources, enforcement };

/** The lens of that name. A lens is pure; its memory is the placement that arrange hands back. */
export function lensByName(name: LensName): Lens {
  return BY_NAME[name];
}
