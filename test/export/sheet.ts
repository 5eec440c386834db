import { DEFAULT_OPTIONS } from '../../src/core/lenses/view.js';
import { LENSES, type LensName } from '../../src/core/scene/scene.js';
import { check } from '../../src/core/rules/index.js';
import { judge } from '../../src/core/reach/index.js';
import type { Snapshot } from '../../src/core/model/index.js';
import type { Exported, ExportFormat, ExportRequest } from '../../src/contract/contract.js';
import { exportPicture, type Exportable } from '../../src/node/export.js';

export { LENSES };

export function pictureOf(snapshot: Snapshot): Exportable {
  const judgement = judge(snapshot);
  return { snapshot, judgement, findings: check({ snapshot, judgement }), alarms: [] };
}

export function requestFor(format: ExportFormat, lens: LensName = 'network', over: Partial<ExportRequest> = {}): ExportRequest {
  return { format, lens, theme: 'light', width: 1080, height: null, order: null, scale: 1, filter: '', project: null, selected: null, redact: false, options: DEFAULT_OPTIONS, page: 'a4', compared: null, ...over };
}

/** The exported file; fails the test where it could not be made. */
export async function exported(picture: Exportable, format: ExportFormat, lens: LensName = 'network', over: Partial<ExportRequest> = {}): Promise<Exported> {
  const done = await exportPicture(requestFor(format, lens, over), picture);
  if (!done.ok) throw new Error(`${done.trouble.what}: ${done.trouble.why}`);
  return done.value;
}

export const bytesOf = (file: Exported): Buffer => Buffer.from(file.data, file.encoding === 'base64' ? 'base64' : 'utf8');
