import { globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { PACKAGED } from './packaged-file.ts';

export interface Bundle {
  /** The program's own code, CommonJS, one file. */
  readonly main: string;
  /** What `node:sea` finds in the executable, file by name: workers, native addons, packaged files. */
  readonly assets: Readonly<Record<string, string>>;
}

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const WATCHER = path.join(ROOT, 'node_modules/@parcel/watcher/wrapper.js');
/** No file has this name, so that nothing is taken for a checkout. */
const NOWHERE = 'file:///proc/self/exe/peerdex/dist/cli/main.js';

/** Bundles program, workers and packages into `folder`. `modules`: a `node_modules` with the addons of the wanted platform. */
export async function bundle(folder: string, modules: string): Promise<Bundle> {
  const natives = new Map<string, string>();
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    target: 'node26',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    nodePaths: [modules],
    plugins: [standIns(), nativeAddons(natives, modules)],
    logLevel: 'error',
  };
  const main = path.join(folder, 'main.cjs');
  await build({
    ...common,
    entryPoints: [path.join(ROOT, 'packaging/binary/entry.ts')],
    outfile: main,
    format: 'cjs',
    // Code that comes out of V8's cache cannot import(): modules are in the bundle, and Node's own are required.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': JSON.stringify(NOWHERE) },
  });
  const workers = readdirSync(path.join(ROOT, 'src/app/workers')).filter((name) =>
    name.endsWith('-worker.ts'),
  );
  await build({
    ...common,
    entryPoints: workers.map((name) => path.join(ROOT, 'src/app/workers', name)),
    outdir: folder,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    define: { 'import.meta.url': JSON.stringify(NOWHERE) },
    // Packages in CommonJS ask for Node's modules by require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire('/');" },
  });
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

/** Each `.node` file becomes an asset, and requiring it loads that. `found`: file by name. */
function nativeAddons(found: Map<string, string>, modules: string): Plugin {
  return {
    name: 'native-addons',
    setup({ onResolve, onLoad }) {
      // Its own index asks the system for a report of the process to tell the C library.
      onResolve({ filter: /^@napi-rs\/blake-hash$/ }, () => ({
        path: addonOf(modules, '@napi-rs', /^blake-hash-/),
      }));
      // Likewise; its wrapper works with any addon.
      onResolve({ filter: /^@parcel\/watcher$/ }, () => ({ path: WATCHER, namespace: 'watcher' }));
      onLoad({ filter: /.*/, namespace: 'watcher' }, () => {
        const addon = addonOf(modules, '@parcel', /^watcher-linux-.*-glibc$/);
        return {
          contents: `module.exports = require(${JSON.stringify(WATCHER)}).createWrapper(require(${JSON.stringify(addon)}));`,
          resolveDir: ROOT,
          loader: 'js',
        };
      });
      onLoad({ filter: /\.node$/ }, ({ path: file }) => {
        const name = path.basename(file);
        found.set(name, file);
        const loader = path.join(import.meta.dirname, 'native.ts');
        return {
          contents: `module.exports = require(${JSON.stringify(loader)}).loadNative(${JSON.stringify(name)});`,
          resolveDir: import.meta.dirname,
          loader: 'js',
        };
      });
    },
  };
}

function addonOf(modules: string, scope: string, wanted: RegExp): string {
  const packages = readdirSync(path.join(modules, scope)).filter((name) => wanted.test(name));
  const files = packages.flatMap((name) =>
    readdirSync(path.join(modules, scope, name))
      .filter((file) => file.endsWith('.node'))
      .map((file) => path.join(modules, scope, name, file)),
  );
  if (files.length !== 1) throw new Error(`${files.length} addons in ${modules}/${scope} fit ${wanted}`);
  return files[0]!;
}
