import { enforcement } from '../core/lenses/enforcement/index.js';
import { namespaces } from '../core/lenses/namespaces/index.js';
import type { Lens } from '../core/lenses/view.js';
import type { LensName } from '../core/scene/scene.js';

const none = (name: LensName): Lens => ({
  name,
  arrange: () => ({ scene: { lens: name, title: name, summary: '', bounds: { x: 0, y: 0, w: 100, h: 100 }, items: [], edges: [], gutters: { left: [], right: [], leftWidth: 0, rightWidth: 0 }, legend: [], home: { x: 0, y: 0, w: 100, h: 100 } }, placement: { lens: name, order: {} } }),
  overlay: () => [],
});

/** The lenses by name. */
export const LENS: Readonly<Record<LensName, Lens>> = { network: none('network'), namespaces, resources: none('resources'), enforcement };
