import type { LensName } from '../scene/scene.js';
import { calledByFile } from './called.js';
import { enforcement } from './enforcement/index.js';
import { namespaces } from './namespaces/index.js';
import { network } from './network/index.js';
import { resources } from './resources/index.js';
import { widened, type Lens } from './view.js';

/** Pictures call containers as their compose files do; whatever is told of one in full has its own name. */
const named = ({ name, arrange, overlay }: Lens): Lens => ({
  name,
  arrange: (view, previous) => {
    const asked = calledByFile(view);
    const made = arrange(asked, previous);
    // The network finds its own width for the size that it has.
    const wide = name === 'network' ? null : widened(asked, made.scene);
    return wide === null ? made : arrange(wide, previous);
  },
  overlay: (view, scene, selected, hovered) => overlay(calledByFile(view), scene, selected, hovered),
});

const BY_NAME: Readonly<Record<LensName, Lens>> = { network: named(network), namespaces: named(namespaces), resources: named(resources), enforcement: named(enforcement) };

/** The lens of that name. A lens is pure; its memory is the placement that arrange hands back. */
export function lensByName(name: LensName): Lens {
  return BY_NAME[name];
}
