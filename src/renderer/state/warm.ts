import { lensByName } from '../../core/lenses/index.js';
import { DEFAULT_OPTIONS, type View } from '../../core/lenses/view.js';
import { judge } from '../../core/reach/index.js';
import { plainContainer, plainEndpoint, plainFacts, plainInodes, plainNamespaces, plainProcess, plainSegment, withCapabilities } from '../../core/rules/example.js';
import { known } from '../../core/model/reading.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import { indexScene } from '../paint/index.js';
import { Painter } from '../paint/painter.js';
import type { Bulkhead } from './app.svelte.js';
import { idle } from './opening.js';

const NETS = 4;
/** From so many on alike ones are stacks: the picture has cards of all kinds then. */
const CONTAINERS = 48;

/** A small made-up host, of all that a crowded picture is made of. */
function crowd(): Snapshot {
  const segments = Array.from({ length: NETS }, (_, n) => ({ ...plainSegment, id: `network:n${n}`, name: `n${n}`, subnets: [`10.0.${n}.0/24`], gateways: [`10.0.${n}.1`], project: `p${n}` }));
  const containers = Array.from({ length: CONTAINERS }, (_, n) => {
    const pid = 5000 + n;
    const on = n % 5 === 0 ? [n % NETS, (n + 1) % NETS] : [n % NETS];
    const raw = n % 3 === 0 ? ['CAP_NET_RAW'] : [];
    const endpoints = on.map((net) => ({ ...plainEndpoint, segment: `network:n${net}`, network: `n${net}`, ipv4: known(`10.0.${net}.${n + 2}/24`, ''), gateway: known(`10.0.${net}.1`, ''), peer: known(`veth${n}`, '') }));
    const process = plainProcess({ pid, uid: known(0, ''), capabilities: withCapabilities(raw, pid), namespaces: plainInodes(n + 1, pid) });
    return plainContainer({
      id: n.toString(16).padStart(64, '0'), name: `p${n % NETS}-s${n % 7}-${n}`, pid, net: `net:${4026531841 + 1000 * n}`, namespaces: plainNamespaces(n + 1), process, processes: [process],
      endpoints, image: `image-${n % 7}:1`, project: `p${n % NETS}`, service: `s${n % 7}`,
    });
  });
  return plainFacts(containers, { segments }).snapshot;
}

/**
 * While the window waits for its session, it arranges and paints a made-up host where nobody sees it: what the first picture runs through
 * has then been read and made quick by the browser. It stops as soon as there is a picture.
 */
export async function warm(app: Bulkhead): Promise<void> {
  const waits = (): boolean => app.session.picture === null;
  await idle(200);
  if (!waits()) return;
  const snapshot = crowd();
  const size = { w: 1032, h: 640 };
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [size.w, size.h];
  const ctx = canvas.getContext('2d', { alpha: false });
  await idle(200);
  if (ctx === null || !waits()) return;
  const judgement = judge(snapshot);
  for (let n = 0; n < 6; n++) {
    await idle(200);
    if (!waits()) return;
    const view: View = { snapshot, judgement, findings: [], alarms: [], shown: null, project: null, width: size.w, height: size.h + n, options: DEFAULT_OPTIONS };
    const { scene } = lensByName(app.view.lens).arrange(view, null);
    await idle(200);
    if (!waits()) return;
    new Painter().paint(ctx, { index: indexScene(scene), colours: app.colours, camera: { k: 1, x: 0, y: 0 }, size, ratio: 1 });
  }
}
