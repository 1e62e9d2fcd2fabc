import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { HEADER } from '../../src/storage/disk/map-file.ts';
import type { SceneFacts } from '../fixtures/releases/scene.ts';

const FOLDER = path.join(path.dirname(import.meta.dirname), 'fixtures/releases');

/** Releases of which data folders are kept. */
export const RELEASES: readonly string[] = readdirSync(FOLDER).filter((name) =>
  existsSync(path.join(FOLDER, name, 'data.tar.gz')),
);

export interface UnpackedRelease extends AsyncDisposable {
  readonly facts: SceneFacts;
  join(...names: string[]): string;
}

/**
 * The folders that a release left, at another place: a path of the same length is put in place of theirs in every file, byte by byte, and
 * maps of partials name the partials as they lie here, as if a disk had been moved. Shares are other folders all the same.
 */
export async function unpackRelease(release: string): Promise<UnpackedRelease> {
  const root = `/tmp/peerdex-${randomBytes(6).toString('hex')}`;
  await mkdir(root);
  const { status, stderr } = spawnSync('tar', [
    '-xzf',
    path.join(FOLDER, release, 'data.tar.gz'),
    '-C',
    root,
  ]);
  if (status !== 0) throw new Error(String(stderr));
  const facts = JSON.parse(readFileSync(path.join(root, 'scene.json'), 'utf8')) as SceneFacts;
  for (const data of ['registry', 'peer', 'holder']) moveTo(path.join(root, data), facts.root, root);
  for (const map of namesIn(path.join(root, 'peer/partials'))) adopt(path.join(root, 'peer/partials', map));
  return {
    facts,
    join: (...names) => path.join(root, ...names),
    [Symbol.asyncDispose]: async () => {
      const gone = `${root}.gone`;
      await rename(root, gone);
      rmSync(gone, { recursive: true, maxRetries: 5 });
    },
  };
}

function moveTo(folder: string, from: string, to: string): void {
  if (from.length !== to.length) throw new Error(`${to} is not as long as ${from}`);
  for (const name of namesIn(folder)) {
    const file = path.join(folder, name);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
    writeFileSync(file, bytes);
  }
}

function adopt(map: string): void {
  const bytes = readFileSync(map);
  const header = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0))) as Record<string, string>;
  const { dev, ino } = statSync(path.join(header.root!, header.relative!), { bigint: true });
  const text = JSON.stringify({ ...header, device: String(dev), inode: String(ino) });
  bytes.fill(0, 0, HEADER).write(text);
  writeFileSync(map, bytes);
}

const namesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

/** The release whose package is kept, to be tested with this one; undefined where there is none. */
export const PREVIOUS: string | undefined = readdirSync(FOLDER).find((name) =>
  existsSync(path.join(FOLDER, name, 'package.tar.gz')),
);

/**
 * Unpacks that package into `folder`, with the dependencies of this checkout: the two differ by little, and no test goes to a registry of
 * packages. Gives its entry.
 */
export function unpackPrevious(folder: string): string {
  const packed = path.join(FOLDER, PREVIOUS!, 'package.tar.gz');
  const { status, stderr } = spawnSync('tar', ['-xzf', packed, '-C', folder]);
  if (status !== 0) throw new Error(String(stderr));
  symlinkSync(path.join(FOLDER, '../../../node_modules'), path.join(folder, 'package/node_modules'));
  return path.join(folder, 'package/bin/peerdex.js');
}
