import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from './bundle.ts';

/**
 * `npm run build:binary [-- ARCH]`: one executable for Linux with Node, program, workers and native addons inside,
 * `dist-binary/peerdex-linux-ARCH`. ARCH: `x64` or `arm64`; without it that of this machine. Another machine's Node and addons
 * come from npm.
 */
const ROOT = path.dirname(path.dirname(import.meta.dirname));
export const BINARY_FOLDER = path.join(ROOT, 'dist-binary');

export async function buildBinary(arch: string = process.arch): Promise<string> {
  if (arch !== 'x64' && arch !== 'arm64')
    throw new Error(`no executable for ${arch}: x64 and arm64 are built`);
  const foreign = arch !== process.arch || process.platform !== 'linux';
  const work = mkdtempSync(path.join(tmpdir(), 'peerdex-binary-'));
  try {
    const modules = foreign ? platformPackages(work, arch) : path.join(ROOT, 'node_modules');
    const node = path.join(work, 'node');
    copyFileSync(foreign ? path.join(modules, `node-linux-${arch}`, 'bin/node') : process.execPath, node);
    if (!foreign) strip(node);
    run('npm', ['run', '--if-present', 'build:dashboard']);
    const { main, assets } = await bundle(work, modules);
    mkdirSync(BINARY_FOLDER, { recursive: true });
    const output = path.join(BINARY_FOLDER, `peerdex-linux-${arch}`);
    const config = path.join(work, 'sea.json');
    writeFileSync(
      config,
      JSON.stringify({
        main,
        assets,
        output,
        executable: node,
        disableExperimentalSEAWarning: true,
        // V8 takes no code that was compiled on another machine's architecture.
        useCodeCache: !foreign,
        execArgv: ['--disable-warning=ExperimentalWarning'],
      }),
    );
    run(process.execPath, ['--build-sea', config]);
    return output;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Installs Node and the native addons of another architecture into a folder of their own; gives its node_modules. */
function platformPackages(work: string, arch: string): string {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
  ) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const hash = dependencies['@napi-rs/blake-hash']!;
  const home = path.join(work, 'platform');
  mkdirSync(home);
  writeFileSync(path.join(home, 'package.json'), '{"private":true}');
  run('npm', [
    'install',
    `--prefix=${home}`,
    '--force',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `node-linux-${arch}@${devDependencies.node}`,
    `@napi-rs/blake-hash-linux-${arch}-gnu@${hash}`,
    `@parcel/watcher-linux-${arch}-glibc@${dependencies['@parcel/watcher']}`,
  ]);
  return path.join(home, 'node_modules');
}

/** Without the names of its functions Node is a sixth smaller; where binutils are missing it stays as it is. */
function strip(file: string): void {
  if (existsSync('/usr/bin/strip')) run('strip', ['--strip-unneeded', file]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`);
}

if (import.meta.main) {
  const file = await buildBinary(process.argv[2]);
  process.stdout.write(`${path.relative(ROOT, file)}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MiB\n`);
}
