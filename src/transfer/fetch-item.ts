import { asPeerdexError, PeerdexError } from '../core/errors.ts';
import type { ContentId, PeerId } from '../core/ids.ts';
import type { JobItem, JobRecord } from '../core/job.ts';
import type { DestinationFiles, OldFile } from '../core/ports/destination-files.ts';
import type { LocalFile } from '../core/ports/local-contents.ts';
import type { Destination } from '../core/ports/partial.ts';
import type { SmallParts } from './batch/small-parts.ts';
import { ContentFetch } from './fetch-content.ts';
import type { PassedOver } from './passed-over.ts';
import type { TransferParts } from './transfer-parts.ts';

export interface ItemParts extends TransferParts {
  readonly destinations: DestinationFiles;
  /** Without it small files are fetched like all others. */
  readonly small?: SmallParts | undefined;
  /** How a file looks that the one at this place may replace, and nothing that looks otherwise. */
  readonly replaces?: ((relative: string) => Replaceable | undefined) | undefined;
}

export interface Replaceable {
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
}

export interface ItemOutcome {
  /** Fetched from other peers; 0 where nothing had to be. */
  readonly bytes: number;
  readonly seconds: number;
  readonly sources: readonly { readonly peer: PeerId; readonly bytes: number }[];
}

export interface ItemWatch {
  /** The fetch has begun. */
  readonly onFetch: (fetch: ContentFetch) => void;
  readonly onPassedOver: (passed: PassedOver) => void;
}

/** Puts one item of a job where it belongs: nothing where it stands already, never over something else without being told. */
export async function fetchItem(
  job: JobRecord,
  item: JobItem,
  parts: ItemParts,
  watch: ItemWatch,
  signal: AbortSignal,
): Promise<ItemOutcome> {
  const destination = { root: job.root, relative: item.relative };
  const started = parts.clock.monotonic();
  const before = parts.replaces?.(item.relative);
  const overwrite = job.overwrite || before !== undefined;
  if (item.content === undefined) await makeFolder(destination, parts);
  else if (!(await standsAlready(destination, item.content, sizeOf(item, parts), overwrite, parts))) {
    const mayName = before && (() => checkUnaltered(destination, before, parts));
    await mayName?.();
    const fetch = new ContentFetch(parts, {
      content: item.content,
      size: item.size,
      destination,
      overwrite,
      old: overwrite ? (until) => oldFile(destination, parts, until) : undefined,
      mayName,
      look: { mtime: item.mtime, executable: item.executable },
      from: job.from,
      onPassedOver: watch.onPassedOver,
      onFile: (file) => record({ ...file, executable: item.executable ?? false }, parts),
    });
    watch.onFetch(fetch);
    try {
      await fetch.run(signal);
    } catch (error) {
      const isTaken = !signal.aborted && asPeerdexError(error).code === 'conflict';
      if (!isTaken || !(await standsAlready(destination, item.content, fetch.size, overwrite, parts)))
        throw error;
      // Another process has put the same file there meanwhile.
      await parts.partials.discard(item.content, destination);
    }
    const sources = fetch.shares().filter(({ bytes }) => bytes > 0);
    const seconds = (parts.clock.monotonic() - started) / 1000;
    return {
      bytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds,
      sources: sources.map(({ peer, bytes }) => ({ peer, bytes })),
    };
  }
  // A daemon that was killed between giving the name and clearing up has left its partial behind.
  else await parts.partials.discard(item.content, destination);
  return { bytes: 0, seconds: (parts.clock.monotonic() - started) / 1000, sources: [] };
}

/** Undefined where no regular file stands. */
async function oldFile(
  destination: Destination,
  { destinations }: ItemParts,
  signal: AbortSignal,
): Promise<OldFile | undefined> {
  const { kind, size } = await destinations.look(destination);
  return kind === 'file' && size > 0 ? destinations.oldFile(destination, signal) : undefined;
}

async function checkUnaltered(
  destination: Destination,
  before: Replaceable,
  { destinations }: ItemParts,
): Promise<void> {
  const { kind, size, mtime } = await destinations.look(destination);
  if (kind === 'nothing' || (kind === 'file' && size === before.size && mtime === before.mtime)) return;
  throw new PeerdexError(
    'conflict',
    `${destination.root}/${destination.relative} was changed here meanwhile`,
    {
      hint: 'move it away to get the other one',
    },
  );
}

/** The file stands whole under its name: that it cannot be written down is no failure of the download. A scan finds it later. */
function record(file: LocalFile & { readonly executable: boolean }, { contents, log }: ItemParts): void {
  try {
    contents.recordWritten(file);
  } catch (error) {
    const { message } = asPeerdexError(error);
    log.warn(`${file.root}/${file.relative} is there, but that could not be written down: ${message}`, {
      event: 'file-not-recorded',
    });
  }
}

/** What the index tells may be false. */
const sizeOf = ({ content, size }: JobItem, { hashes }: ItemParts): number =>
  (content === undefined ? undefined : hashes.manifest(content)?.size) ?? size;

async function makeFolder(destination: Destination, { destinations }: ItemParts): Promise<void> {
  const standing = await destinations.look(destination);
  if (standing.kind === 'folder') return;
  if (standing.kind !== 'nothing') throw inTheWay(destination, 'a file stands where a folder is to go');
  await destinations.makeFolder(destination);
}

/** True when the same content stands there. Throws `conflict` when something else does that must not be replaced. */
async function standsAlready(
  destination: Destination,
  content: ContentId,
  size: number,
  overwrite: boolean,
  parts: ItemParts,
): Promise<boolean> {
  const { destinations } = parts;
  const standing = await destinations.look(destination);
  if (standing.kind === 'nothing') return false;
  if (standing.kind === 'folder') throw inTheWay(destination, 'a folder stands where a file is to go');
  if (standing.kind === 'file' && standing.size === size) {
    const file = await destinations.fileOf(destination, size);
    if (file?.content === content) {
      record(file, parts);
      return true;
    }
  }
  if (overwrite) return false;
  throw new PeerdexError(
    'conflict',
    `a different file stands at ${destination.root}/${destination.relative}`,
    {
      hint: 'say --overwrite to replace it, or name another place with -o',
    },
  );
}

const inTheWay = ({ root, relative }: Destination, what: string): PeerdexError =>
  new PeerdexError('conflict', `${what}: ${root}/${relative}`, {
    hint: 'move it away, or name another place with -o',
  });
