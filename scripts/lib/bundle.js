// How programs for plain Node are bundled: used by the build and by the benchmarks, so that what is measured is what runs.

/** What dockerode brings for builds and for its own ssh; nothing here asks for either, and it weighs 24 MB in memory. */
export const UNUSED = ['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'ssh2', 'tar-fs', '@balena/dockerignore'];

/** For vite and rollup: the unused packages are empty modules. */
export function withoutUnused() {
  const empty = '\0unused';
  return {
    name: 'without-unused',
    enforce: 'pre',
    resolveId: (id) => (UNUSED.includes(id) ? empty : undefined),
    load: (id) => (id === empty ? 'export default {};' : undefined),
  };
}

/** Options for esbuild; `external` stays outside. */
export function nodeProgram(external) {
  return {
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external,
    banner: { js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);" },
    plugins: [
      {
        name: 'without-unused',
        setup(build) {
          build.onResolve({ filter: /./ }, ({ path }) => (UNUSED.includes(path) ? { path, namespace: 'unused' } : undefined));
          build.onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
        },
      },
    ],
    legalComments: 'none',
    charset: 'utf8',
    loader: { '.json': 'json' },
  };
}
