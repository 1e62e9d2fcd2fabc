import assert from 'node:assert/strict';
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildExecutable } from '../../packaging/binary/build.ts';
import { librariesOf } from '../../packaging/deb/libraries.ts';
import { smoke } from '../harness/smoke.ts';
import { type TempFolder, tempFolder } from '../harness/temp-folder.ts';
import { PAGE } from './harness/install-page.ts';
import { executable, FOREIGN_ARCH, foreignExecutable, ROOT } from './harness/products.ts';
import { run } from './harness/shell.ts';
import { skip } from './harness/tools.ts';

const PROBE = path.join(import.meta.dirname, 'harness/contents-probe.ts');
/** BLAKE3 of nothing. */
const OF_NOTHING = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262';
const ARM_LIBRARIES = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

describe('the executable', { skip }, () => {
  let folder: TempFolder;

  before(async () => {
    folder = await tempFolder();
  });
  after(() => folder[Symbol.asyncDispose]());

  it('runs in a root that has its libraries and nothing else', async () => {
    const root = folder.join('bare');
    mkdirSync(path.join(root, 'tmp'), { recursive: true });
    copyFileSync(await executable(), path.join(root, 'peerdex'));
    const addons = globSync('node_modules/@{napi-rs,parcel}/*-linux-*/*.node', { cwd: ROOT });
    assert.equal(addons.length, 2);
    for (const library of await librariesUsed([
      await executable(),
      ...addons.map((file) => path.join(ROOT, file)),
    ])) {
      mkdirSync(path.dirname(path.join(root, library)), { recursive: true });
      copyFileSync(library, path.join(root, library));
    }
    const command = ['chroot', root, '/peerdex'];
    await smoke(path.join(root, 'work'), { command, env: { HOME: '/work' } }, '/work');
  });

  it('has its native addons and packaged files inside', async () => {
    const probe = folder.join('probe');
    const page = path.join(ROOT, 'dist/dashboard/probe.txt');
    mkdirSync(path.dirname(page), { recursive: true });
    writeFileSync(page, 'packaged');
    await buildExecutable(PROBE, probe);
    assert.deepEqual(JSON.parse(await run(probe, ['dashboard/probe.txt'], { cwd: folder.path })), {
      hash: OF_NOTHING,
      watched: 'new.txt',
      packaged: 'packaged',
    });
    assert.equal(JSON.parse(await run(probe, ['../blake.node'])).packaged, undefined);
  });

  it('needs no newer libraries than the install page and the package say', async () => {
    const versions = await run('readelf', ['--version-info', '--wide', await executable()]);
    const newest = [...versions.matchAll(/Name: GLIBC_2\.(\d+)/g)]
      .map(([, minor]) => Number(minor))
      .sort((a, b) => b - a)[0];
    assert.match(librariesOf(await executable()), new RegExp(`libc6 \\(>= 2\\.${newest}\\)`));
    assert.match(PAGE, new RegExp(`glibc 2\\.${newest}\\b`));
    assert.equal(librariesOf(await foreignExecutable()), librariesOf(await executable()));
  });

  it(`runs on ${FOREIGN_ARCH} in an emulator`, {
    skip: FOREIGN_ARCH !== 'arm64' && 'no emulator of x64',
  }, async () => {
    const root = await arm64Root(folder);
    const command = ['qemu-aarch64-static', '-L', root, await foreignExecutable()];
    await smoke(folder.join('foreign'), { command, timeout: 240_000 });
  });
});

/** What the system maps for these files. */
async function librariesUsed(files: readonly string[]): Promise<readonly string[]> {
  const printed = await Promise.all(files.map((file) => run('ldd', [file])));
  const libraries = [...new Set(printed.flatMap((text) => text.match(/(?<=\s)\/\S+/g) ?? []))];
  assert.ok(libraries.length > 3);
  return libraries;
}

/** A root with Debian's libraries for arm64, without a word to this machine's own package manager. */
async function arm64Root(folder: TempFolder): Promise<string> {
  const [state, cache, packages, root] = ['state', 'cache', 'packages', 'arm64'].map((name) =>
    folder.join(name),
  );
  for (const made of [`${state}/lists/partial`, `${cache}/archives/partial`, packages!, root!])
    mkdirSync(made, { recursive: true });
  const apt = (...args: string[]) =>
    run(
      'apt-get',
      [
        ...[
          'APT::Architecture=arm64',
          'APT::Architectures=arm64',
          'APT::Sandbox::User=root',
          'Dir::State::status=/dev/null',
        ],
        ...[`Dir::State=${state}`, `Dir::Cache=${cache}`],
      ]
        .flatMap((option) => ['-o', option])
        .concat('-qq', args),
      { cwd: packages },
    );
  await apt('update');
  await apt('download', ...ARM_LIBRARIES);
  for (const file of globSync('*.deb', { cwd: packages }))
    await run('dpkg-deb', ['-x', path.join(packages!, file), root!]);
  assert.ok(readFileSync(path.join(root!, 'lib/ld-linux-aarch64.so.1')).length > 0);
  return root!;
}
