import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { rulesMarkdown, snapshotSchema } from '../../scripts/lib/docs.js';
import { cast } from '../cast/cast.js';

const doc = (name: string): string => readFileSync(path.resolve(import.meta.dirname, '../../docs', name), 'utf8');

test('docs/rules.md says what the rules say: npm run docs writes it', () => {
  expect(doc('rules.md')).toBe(rulesMarkdown());
});

test('docs/snapshot.schema.json is the schema of today: npm run docs writes it', () => {
  expect(doc('snapshot.schema.json')).toBe(snapshotSchema());
});

test('another validator takes a snapshot by that schema, and refuses what is none', () => {
  const ajv = new Ajv({ strict: false, allErrors: false });
  const validate = ajv.compile(JSON.parse(doc('snapshot.schema.json')) as object);
  expect(validate(JSON.parse(JSON.stringify(cast(14)))), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...cast(3), format: 'one' })).toBe(false);
});
