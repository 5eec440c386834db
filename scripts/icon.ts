// Draws build/icon.png (512 px) from the window's own icon: npx tsx scripts/icon.ts
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Resvg } from '@resvg/resvg-js';

const root = path.resolve(import.meta.dirname, '..');
const svg = readFileSync(path.join(root, 'src/renderer/public/icon.svg'), 'utf8');
writeFileSync(path.join(root, 'build/icon.png'), new Resvg(svg, { fitTo: { mode: 'width', value: 512 } }).render().asPng());
