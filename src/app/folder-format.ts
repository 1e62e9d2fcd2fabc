import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerdexError } from '../core/errors.ts';
import { refuseNewer } from '../storage/sqlite/database.ts';
import { PEER_SCHEMA } from '../storage/sqlite/peer-database.ts';
import { REGISTRY_SCHEMA } from '../storage/sqlite/registry-database.ts';
import { storedSchema } from '../storage/sqlite/stored-schema.ts';
import { VERSION } from './version.ts';

/**
 * Number of the form of everything in a data folder but its databases, which have numbers of their own. It goes up when a release writes a
 * file that an older one would misread.
 */
export const FOLDER_FORMAT = 1;

const DATABASES = [
  ['peer.db', PEER_SCHEMA],
  ['registry.db', REGISTRY_SCHEMA],
] as const;

interface FormatFile {
  readonly format: number;
  /** The release that wrote to the folder last; undefined in folders of before there was this file. */
  readonly version: string | undefined;
}

/** Throws `unsupported` for a data folder that a newer release wrote, which is not touched. */
export function refuseNewerFolder(dir: string): void {
  const { format, version } = readFormat(dir);
  const by = version === VERSION ? undefined : version;
  if (format > FOLDER_FORMAT) {
    throw new PeerdexError(
      'unsupported',
      `the data folder ${dir} was written by ${by === undefined ? 'a newer peerdex' : `peerdex ${by}`}, which is newer than this one, ${VERSION}`,
      {
        hint: `install ${by === undefined ? 'the newer peerdex' : `peerdex ${by}`}, or name another data folder with --data`,
      },
    );
  }
  for (const [name, known] of DATABASES) {
    const file = join(dir, name);
    refuseNewer(file, storedSchema(file), known, by);
  }
}

/** Notes in the folder that this release writes to it: `format.json`. */
export function noteFormat(dir: string): void {
  const { format, version } = readFormat(dir);
  if (format === FOLDER_FORMAT && version === VERSION) return;
  const file = fileIn(dir);
  writeFileSync(`${file}.new`, `${JSON.stringify({ format: FOLDER_FORMAT, version: VERSION })}\n`, {
    mode: 0o600,
  });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

/** A file that is missing or cannot be read counts as the first format, by nobody knows whom. */
function readFormat(dir: string): FormatFile {
  try {
    const { format, version } = JSON.parse(readFileSync(fileIn(dir), 'utf8')) as Record<string, unknown>;
    return {
      format: Number.isSafeInteger(format) ? (format as number) : 1,
      version: typeof version === 'string' ? version.slice(0, 64) : undefined,
    };
  } catch {
    return { format: 1, version: undefined };
  }
}

const fileIn = (dir: string): string => join(dir, 'format.json');
