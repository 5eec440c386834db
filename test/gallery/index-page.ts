import { escapeXml } from '../../src/core/paint/xml.js';
import { LENSES } from '../../src/core/scene/scene.js';
import { STATES } from './pages.js';

/** One page that shows all pictures, light beside dark, lens by lens. */
export function indexHtml(): string {
  const parts = STATES.flatMap((state) => [
    `<h2 id="${escapeXml(state.name)}">${escapeXml(state.name)} <small>${escapeXml(state.about)}</small></h2>`,
    ...LENSES.filter((lens) => state.lenses.includes(lens)).map(
      (lens) =>
        `<section><h3>${lens}</h3>${['light', 'dark'].map((theme) => `<a href="pages/${lens}-${state.name}-${theme}.svg"><img loading="lazy" alt="${lens}, ${escapeXml(state.about)}, ${theme}" src="pages/${lens}-${state.name}-${theme}.svg"></a>`).join('')}</section>`,
    ),
  ]);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bulkhead, gallery</title>
<style>body{font:14px system-ui,sans-serif;margin:24px;background:#e9edf1;color:#17222d}section{display:flex;gap:16px;align-items:flex-start;margin:0 0 24px}h3{width:110px;flex:none;font-size:14px}img{width:100%;border:1px solid #cbd5df}a{flex:1 1 0;min-width:0}small{font-weight:400;color:#526375}nav a{margin-right:12px}</style></head>
<body><h1>Gallery</h1><nav>${STATES.map((s) => `<a href="#${escapeXml(s.name)}">${escapeXml(s.name)}</a>`).join('')}</nav>
${parts.join('\n')}
</body></html>
`;
}
