import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a runtime that does not do as it is told changes in the bundle before runc sees it. */
export const EDITS = {
  generous: 'for (const set of ["bounding", "effective", "permitted"]) config.process.capabilities[set].push("CAP_SYS_ADMIN");',
  unfiltered: 'delete config.linux.seccomp;',
  careless: 'config.process.noNewPrivileges = false;',
  sociable: 'config.linux.namespaces = config.linux.namespaces.filter((one) => one.type !== "ipc");',
} as const;
export type Edit = keyof typeof EDITS;

/** Arguments of dockerd that make these runtimes known, each of them a small wrapper of runc. */
export function crookedRuntimes(): { readonly dockerd: readonly string[]; readonly remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'bulkhead-runtimes-'));
  const dockerd: string[] = [];
  for (const [name, edit] of Object.entries(EDITS)) {
    const script = join(dir, `${name}.cjs`);
    writeFileSync(
      script,
      `const fs = require('node:fs');\nconst file = process.argv[2] + '/config.json';\nconst config = JSON.parse(fs.readFileSync(file, 'utf8'));\n${edit}\nfs.writeFileSync(file, JSON.stringify(config));\n`,
    );
    const program = join(dir, name);
    writeFileSync(
      program,
      `#!/bin/sh
previous= creates=
for word in "$@"; do
  [ "$word" = create ] && creates=1
  case "$previous" in --bundle|-b) [ -n "$creates" ] && '${process.execPath}' '${script}' "$word" ;; esac
  previous="$word"
done
exec runc "$@"
`,
    );
    chmodSync(program, 0o755);
    dockerd.push('--add-runtime', `${name}=${program}`);
  }
  return { dockerd, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
