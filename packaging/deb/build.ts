import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { SCRIPTS } from '../../src/cli/completion/scripts.ts';
import { BINARY_FOLDER, buildBinary } from '../binary/build.ts';
import { changelog, control, copyright, OVERRIDES } from './control.ts';
import { librariesOf } from './libraries.ts';
import { manPage } from './man-page.ts';

/** `npm run build:deb [-- ARCH]`: `dist-binary/peerdex_VERSION_ARCH.deb` for Debian 12 and later. ARCH: `x64` or `arm64`. */
const ROOT = path.dirname(path.dirname(import.meta.dirname));
const HERE = import.meta.dirname;

/** Gives the path of what it built. `effort`: of xz, 0 to 9; 6 takes a minute, 1 a quarter of it for a sixth more bytes. */
export async function buildDeb(arch: string = process.arch, effort = 6): Promise<string> {
  const binary = await buildBinary(arch);
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const architecture = arch === 'x64' ? 'amd64' : arch;
  const tree = mkdtempSync(path.join(tmpdir(), 'peerdex-deb-'));
  try {
    chmodSync(tree, 0o755);
    await fill(tree, binary, version);
    const kilobytes = Math.ceil(bytesOf(tree) / 1024);
    put(
      tree,
      'DEBIAN/control',
      control({ version, architecture, kilobytes, libraries: librariesOf(binary) }),
    );
    put(tree, 'DEBIAN/conffiles', '/etc/peerdex/peer.env\n/etc/peerdex/registry.env\n');
    for (const script of ['postinst', 'prerm', 'postrm'])
      put(tree, `DEBIAN/${script}`, readFileSync(path.join(HERE, script)), 0o755);
    const output = path.join(BINARY_FOLDER, `peerdex_${version}_${architecture}.deb`);
    const built = spawnSync(
      'dpkg-deb',
      ['--root-owner-group', '-Zxz', `-z${effort}`, '--build', tree, output],
      {
        encoding: 'utf8',
      },
    );
    if (built.status !== 0) throw new Error(`dpkg-deb: ${built.error?.message ?? built.stderr}`);
    return output;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

async function fill(tree: string, binary: string, version: string): Promise<void> {
  const doc = 'usr/share/doc/peerdex';
  put(tree, 'usr/bin/peerdex', readFileSync(binary), 0o755);
  const common = readFileSync(path.join(HERE, 'units/common'), 'utf8');
  for (const unit of ['peerdex-registry.service', 'peerdex-peer.service']) {
    const own = readFileSync(path.join(HERE, 'units', unit), 'utf8');
    put(tree, `lib/systemd/system/${unit}`, own.replace('@COMMON@', common));
  }
  put(tree, 'etc/peerdex/registry.env', readFileSync(path.join(HERE, 'etc/registry.env')));
  put(tree, 'etc/peerdex/peer.env', readFileSync(path.join(HERE, 'etc/peer.env')), 0o600);
  put(tree, 'usr/share/bash-completion/completions/peerdex', SCRIPTS.bash);
  put(tree, 'usr/share/zsh/vendor-completions/_peerdex', SCRIPTS.zsh);
  put(tree, 'usr/share/fish/vendor_completions.d/peerdex.fish', SCRIPTS.fish);
  const page = await manPage(
    version,
    statSync(path.join(ROOT, 'package.json')).mtime.toISOString().slice(0, 10),
  );
  put(tree, 'usr/share/man/man1/peerdex.1.gz', gzipSync(page, { level: 9 }));
  put(tree, `${doc}/copyright`, copyright(readFileSync(path.join(ROOT, 'LICENSE'), 'utf8')));
  put(tree, `${doc}/changelog.gz`, gzipSync(changelog(version), { level: 9 }));
  put(tree, 'usr/share/lintian/overrides/peerdex', OVERRIDES);
  for (const name of ['configuration.md', 'install.md'])
    cpSync(path.join(ROOT, 'docs', name), path.join(tree, doc, name));
}

function put(tree: string, file: string, content: string | Uint8Array, mode = 0o644): void {
  const target = path.join(tree, file);
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
  writeFileSync(target, content);
  chmodSync(target, mode);
}

function bytesOf(tree: string): number {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
}

if (import.meta.main) {
  const file = await buildDeb(process.argv[2]);
  process.stdout.write(`${path.relative(ROOT, file)}: ${(statSync(file).size / 2 ** 20).toFixed(1)} MiB\n`);
}
