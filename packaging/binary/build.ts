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
import { addonPackages } from './native-libraries.ts';

/**
 * `npm run build:binary [-- ARCH]`: one executable for Linux with Node, program, workers and native addons inside,
 * `dist-binary/peerdex-linux-ARCH`. ARCH: `x64` or `arm64`; without it that of this machine. Another machine's Node and addons
 * come from npm.
 */
const ROOT = path.dirname(path.dirname(import.meta.dirname));
export const BINARY_FOLDER = path.join(ROOT, 'dist-binary');

/** Gives the path of what it built. */
export async function buildBinary(arch: string = process.arch): Promise<string> {
  mkdirSync(BINARY_FOLDER, { recursive: true });
  run('npm', ['run', '--if-present', 'build:dashboard']);
  const output = path.join(BINARY_FOLDER, `peerdex-linux-${arch}`);
  await buildExecutable(path.join(import.meta.dirname, 'entry.ts'), output, arch);
  return output;
}

/** Makes the executable `output` of the program that `entry` starts, with all that peerdex's own has inside. */
export async function buildExecutable(
  entry: string,
  output: string,
  arch: string = process.arch,
): Promise<void> {
  if (arch !== 'x64' && arch !== 'arm64')
    throw new Error(`no executable for ${arch}: x64 and arm64 are built`);
  const foreign = arch !== process.arch || process.platform !== 'linux';
  const work = mkdtempSync(path.join(tmpdir(), 'peerdex-binary-'));
  try {
    const modules = foreign ? platformPackages(work, arch) : path.join(ROOT, 'node_modules');
    const node = path.join(work, 'node');
    copyFileSync(foreign ? path.join(modules, `node-linux-${arch}`, 'bin/node') : process.execPath, node);
    strip(node, arch);
    const { main, assets } = await bundle({ folder: work, modules, arch, entry });
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
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Installs Node and the native addons of another architecture into a folder of their own; gives its node_modules. */
function platformPackages(work: string, arch: string): string {
  const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
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
    ...addonPackages(path.join(ROOT, 'node_modules'), arch),
  ]);
  return path.join(home, 'node_modules');
}

/** Without the names of its functions Node is a sixth smaller; where binutils for `arch` are missing it stays as it is. */
function strip(file: string, arch: string): void {
  const tool = `/usr/bin/${arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu-strip`;
  if (existsSync(tool)) run(tool, ['--strip-unneeded', file]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`);
}

if (import.meta.main) {
  const file = await buildBinary(process.argv[2]);
  process.stdout.write(`${path.relative(ROOT, file)}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MiB\n`);
}
