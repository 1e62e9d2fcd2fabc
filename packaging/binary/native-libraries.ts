import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile, Plugin } from 'esbuild';

interface NativeLibrary {
  /** As the program imports it. Its own index searches for the addon, which the executable has no place for. */
  readonly library: string;
  /** The package on npm that brings the addon for glibc; `arch` is put behind it in the way of the library. */
  readonly addon: (arch: string) => string;
  /** What takes the place of the library's index, in CommonJS; `addon` is an expression that loads it. */
  readonly index: (addon: string) => string;
}

/** Libraries with a native addon, one a line. The build refuses a library of that kind which is not here. */
const NATIVE_LIBRARIES: readonly NativeLibrary[] = [
  {
    library: '@napi-rs/blake-hash',
    addon: (arch) => `@napi-rs/blake-hash-linux-${arch}-gnu`,
    index: (addon) => addon,
  },
  {
    library: '@parcel/watcher',
    addon: (arch) => `@parcel/watcher-linux-${arch}-glibc`,
    index: (addon) => `require('@parcel/watcher/wrapper.js').createWrapper(${addon})`,
  },
];

/** The packages with addons for an architecture, as `npm install` takes them: those versions that the libraries here ask for. */
export const addonPackages = (modules: string, arch: string): string[] =>
  NATIVE_LIBRARIES.map(({ library, addon }) => {
    const version = manifestOf(modules, library).optionalDependencies?.[addon(arch)];
    if (version === undefined) throw new Error(`${library} knows no ${addon(arch)}`);
    return `${addon(arch)}@${version}`;
  });

/** Each addon becomes an asset, and its library loads that. `modules`: where the addons of `arch` are; `found`: file by asset. */
export function nativeLibraries(found: Map<string, string>, modules: string, arch: string): Plugin {
  return {
    name: 'native-libraries',
    setup({ onResolve, onLoad }) {
      for (const { library, addon, index } of NATIVE_LIBRARIES) {
        onResolve({ filter: new RegExp(`^${library}$`) }, () => ({ path: library, namespace: 'native' }));
        onLoad({ filter: new RegExp(`^${library}$`), namespace: 'native' }, () => {
          const file = addonIn(path.join(modules, addon(arch)));
          const asset = `${addon(arch)}.node`.replaceAll('/', '-');
          found.set(asset, file);
          const loader = JSON.stringify(path.join(import.meta.dirname, 'native.ts'));
          const load = `require(${loader}).loadNative(${JSON.stringify(asset)})`;
          return { contents: `module.exports=${index(load)}`, resolveDir: import.meta.dirname, loader: 'js' };
        });
      }
    },
  };
}

/** Throws when a library with addons was bundled that has no line above: its index would find none in the executable. */
export function refuseUnknownAddons({ inputs }: Metafile, root: string): void {
  const packages = new Set(
    Object.keys(inputs).flatMap(
      (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/.exec(file)?.slice(0, 1) ?? [],
    ),
  );
  for (const folder of packages) {
    const { name, optionalDependencies = {} } = manifestOf(root, folder);
    if (NATIVE_LIBRARIES.some(({ library }) => library === name)) continue;
    if (Object.keys(optionalDependencies).some((one) => one.includes('linux')))
      throw new Error(`${name} has native addons: give it a line in packaging/binary/native-libraries.ts`);
  }
}

interface Manifest {
  readonly name: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (...folder: string[]): Manifest =>
  JSON.parse(readFileSync(path.join(...folder, 'package.json'), 'utf8'));

function addonIn(folder: string): string {
  const files = globSync('*.node', { cwd: folder });
  if (files.length !== 1) throw new Error(`${files.length} addons in ${folder}`);
  return path.join(folder, files[0]!);
}
