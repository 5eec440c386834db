import { fontFiles } from './fonts.js';

/** Sides beyond this take more memory than a picture is worth; it is drawn smaller instead. */
const MOST_PIXELS = 16_000;

/**
 * A PNG of an SVG file's text, `scale` pixels to a unit. Its fonts are the bundled ones, so it looks the same everywhere, and
 * `more` for signs that these lack. The renderer is loaded when it is first needed.
 */
export async function toPng(svg: string, width: number, height: number, scale: number, more: readonly string[] = []): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const fits = Math.min(scale, MOST_PIXELS / Math.max(width, height, 1));
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: fits },
    font: { loadSystemFonts: false, fontFiles: [...fontFiles(), ...more], defaultFontFamily: 'IBM Plex Sans', sansSerifFamily: 'IBM Plex Sans', monospaceFamily: 'IBM Plex Mono' },
  });
  return image.render().asPng();
}
