import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { lensByName } from '../lenses/index.js';
import { DEFAULT_OPTIONS } from '../lenses/view.js';
import { judge } from '../reach/index.js';
import { check } from '../rules/index.js';
import { LENSES } from '../scene/scene.js';
import { htmlText } from './html.js';

interface Told { readonly label: string; readonly subject: string | null; readonly listed: boolean }

test.each(LENSES)('the list beside the picture of the %s lens names each thing once, and no caption', (name) => {
  const snapshot = cast(14);
  const judgement = judge(snapshot);
  const findings = check({ snapshot, judgement });
  const { scene } = lensByName(name).arrange({ snapshot, judgement, findings, alarms: [], shown: null, project: null, width: 1080, options: DEFAULT_OPTIONS }, null);
  const text = htmlText({ scene, snapshot, judgement, findings, alarms: [], theme: 'light', overlay: [], compared: new Map(), shown: null, stamp: '' });
  const data = /<script type="application\/json"[^>]*>(.*?)<\/script>/su.exec(text)?.[1];
  const listed = (JSON.parse(data ?? '{"items":[]}') as { readonly items: readonly Told[] }).items.filter((item) => item.listed);
  const keys = listed.map((item) => `${item.subject ?? ''} ${item.label}`);
  expect(keys.length).toBeGreaterThan(4);
  expect(new Set(keys).size).toBe(keys.length);
  for (const caption of ['Segment', 'reached by a spoofer']) expect(listed.map((item) => item.label)).not.toContain(caption);
  for (const { id, name: called } of snapshot.containers.slice(0, 5)) if (scene.items.some((i) => i.subject?.id === id)) expect(listed.some((item) => item.subject === id), called).toBe(true);
});
