import { globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { nativeLibraries, refuseUnknownAddons } from './native-libraries.ts';
import { PACKAGED } from './packaged-file.ts';

export interface Bundle {
  /** The program's own code, CommonJS, one file. */
  readonly main: string;
  /** What `node:sea` finds in the executable, file by name: workers, native addons, packaged files. */
  readonly assets: Readonly<Record<string, string>>;
}

const ROOT = path.dirname(path.dirname(import.meta.dirname));
/** No file has this name, so that nothing is taken for a checkout. */
const NOWHERE = 'file:///proc/self/exe/peerdex/dist/cli/main.js';

export interface Wanted {
  /** Where the bundle is made. */
  readonly folder: string;
  /** A `node_modules` with the addons for `arch`. */
  readonly modules: string;
  readonly arch: string;
  /** The file that runs first. */
  readonly entry: string;
}

/** Bundles program, workers and packages. */
export async function bundle({ folder, modules, arch, entry }: Wanted): Promise<Bundle> {
  const natives = new Map<string, string>();
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node26',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    plugins: [standIns(), nativeLibraries(natives, modules, arch)],
    logLevel: 'error',
    metafile: true,
    absWorkingDir: ROOT,
  } satisfies BuildOptions;
  const main = path.join(folder, 'main.cjs');
  const program = await build({
    ...common,
    entryPoints: [entry],
    outfile: main,
    format: 'cjs',
    // Code that comes out of V8's cache cannot import(): modules are in the bundle, and Node's own are required.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': JSON.stringify(NOWHERE) },
  });
  const workers = readdirSync(path.join(ROOT, 'src/app/workers')).filter((name) =>
    name.endsWith('-worker.ts'),
  );
  const others = await build({
    ...common,
    entryPoints: workers.map((name) => path.join(ROOT, 'src/app/workers', name)),
    outdir: folder,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    define: { 'import.meta.url': JSON.stringify(NOWHERE) },
    // Packages in CommonJS ask for Node's modules by require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire('/');" },
  });
  for (const { metafile } of [program, others]) refuseUnknownAddons(metafile, ROOT);
  const names = workers.map((name) => name.replace(/ts$/, 'mjs'));
  return {
    main,
    assets: {
      ...Object.fromEntries(names.map((name) => [name, path.join(folder, name)])),
      ...Object.fromEntries(natives),
      ...packagedFiles(path.join(ROOT, 'dist')),
    },
  };
}

/** What is no code and goes with the program, by the names that `readPackagedFile` knows. */
function packagedFiles(built: string): Record<string, string> {
  const files = globSync('dashboard/**', { cwd: built, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [PACKAGED + path.relative(built, file), file];
    }),
  );
}

/** Modules that find files beside themselves give way to those that find them in the executable. */
function standIns(): Plugin {
  return {
    name: 'stand-ins',
    setup({ onResolve }) {
      for (const name of ['worker-url', 'version', 'packaged-file']) {
        const original = path.join(ROOT, 'src/app', `${name}.ts`);
        const standIn = path.join(import.meta.dirname, `${name}.ts`);
        onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ path: wanted, resolveDir }) =>
          path.resolve(resolveDir, wanted) === original ? { path: standIn } : undefined,
        );
      }
    },
  };
}
