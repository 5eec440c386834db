import type { ExportFormat } from '../../contract/contract.js';

export const FORMAT_WORDS: Readonly<Record<ExportFormat, string>> = {
  drawio: 'draw.io (shapes to move)',
  svg: 'SVG (this picture)',
  png: 'PNG (this picture)',
  pdf: 'PDF (vector, real text)',
  mermaid: 'Mermaid',
  dot: 'DOT (graphviz)',
  html: 'HTML (one page, interactive)',
  graphml: 'GraphML',
  gexf: 'GEXF',
  csv: 'CSV (one table a kind)',
  sarif: 'SARIF 2.1.0 (findings)',
  json: 'JSON (the snapshot)',
  junit: 'JUnit (findings)',
};

/** The bytes of an answer, for a preview or a download. */
export function toBlob(answer: { readonly mime: string; readonly encoding: 'text' | 'base64'; readonly data: string }): Blob {
  if (answer.encoding === 'text') return new Blob([answer.data], { type: answer.mime });
  const binary = atob(answer.data);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return new Blob([bytes], { type: answer.mime });
}
