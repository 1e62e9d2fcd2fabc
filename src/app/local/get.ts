import { randomInt } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import type { JobId } from '../../core/job.ts';
import type { ContentFiles } from '../../core/ports/content-file.ts';
import type { DestinationFiles } from '../../core/ports/destination-files.ts';
import type { LocalContents, LocalFile } from '../../core/ports/local-contents.ts';
import type { Wanted, WantedItem } from '../../core/wanted.ts';
import type { GetEvent, GetRequest } from '../../protocol/http/local/get-events.ts';
import type { JobEvent } from '../../transfer/job-events.ts';
import type { JobService } from '../../transfer/job-service.ts';
import { type Placed, withoutCollisions } from '../../transfer/name-collisions.ts';
import { refuseInData } from '../private-folders.ts';
import { EventQueue } from './event-queue.ts';

export interface GetParts {
  readonly jobs: JobService;
  readonly contents: LocalContents;
  readonly files: ContentFiles;
  readonly destinations: DestinationFiles;
  /** Absolute. */
  readonly downloads: () => string;
  /** The data folder, absolute. */
  readonly data: string;
  /** What one WHAT means; waits for the first index pull before it says that a name is unknown. */
  readonly resolve: (what: string, from: PeerId | undefined) => Promise<readonly Wanted[]>;
  /** The WHATs that stand between commas in one argument. */
  readonly split: (what: string, from: PeerId | undefined) => Promise<readonly string[]>;
  readonly resolvePeer: (text: string) => PeerId;
}

const ALIVE_MS = 1000;

/** Starts what is asked for and tells what happens to it, a line each and together what has happened together, until all of it has ended. */
export async function* get(
  request: GetRequest,
  parts: GetParts,
  signal: AbortSignal,
): AsyncGenerator<GetEvent | readonly GetEvent[]> {
  const from = request.from === undefined ? undefined : parts.resolvePeer(request.from);
  const events = new EventQueue<GetEvent>();
  const open = new Set<JobId>();
  const unwatch = parts.jobs.watch((event) => {
    if (!open.has(event.job)) return;
    for (const told of toGetEvents(event, request.together)) events.push(told);
    if (event.event === 'ended') {
      open.delete(event.job);
      if (open.size === 0) events.wake();
    }
  });
  const alive = setInterval(() => events.push({ event: 'alive' }), ALIVE_MS);
  try {
    for (const argument of request.what) yield* startAll(argument, request, from, parts, open);
    while (!signal.aborted) {
      yield* events.together();
      if (open.size === 0) break;
      await events.next(signal);
    }
    yield* events.together();
    // A daemon that stops leaves jobs open: an answer without its last line tells the client so.
    if (open.size === 0) yield { event: 'end' };
  } finally {
    clearInterval(alive);
    unwatch();
  }
}

async function* startAll(
  argument: string,
  request: GetRequest,
  from: PeerId | undefined,
  parts: GetParts,
  open: Set<JobId>,
): AsyncGenerator<GetEvent> {
  let whats: readonly string[];
  try {
    whats = await parts.split(argument, from);
  } catch (error) {
    return yield failedToStart(argument, error);
  }
  for (const what of whats) {
    try {
      for (const wanted of await parts.resolve(what, from)) {
        const { clashes = [], items } = wanted;
        for (const { name, error } of clashes) yield failedToStart(name, error);
        if (items.length > 0 || clashes.length === 0) yield* startJob(wanted, request, from, parts, open);
      }
    } catch (error) {
      yield failedToStart(what, error);
    }
  }
}

async function* startJob(
  wanted: Wanted,
  request: GetRequest,
  from: PeerId | undefined,
  parts: GetParts,
  open: Set<JobId>,
): AsyncGenerator<GetEvent> {
  const id = newJobId();
  const held = await heldAlready(wanted, request, parts);
  if (held) {
    yield {
      event: 'done',
      job: id,
      path: pathOf(held),
      content: held.content,
      bytes: 0,
      seconds: 0,
      sources: [],
    };
    return;
  }
  const place = await placesOf(wanted, request, parts);
  // A tree has each name once.
  if (wanted.kind !== 'tree') refuseCollisions(place.items);
  const { root } = place;
  const { items, clashes } = await placeable(place, parts);
  for (const { name, error } of clashes) yield failedToStart(`${root}/${name}`, error);
  if (items.length === 0 && clashes.length > 0) return;
  const relatives = items.map(({ relative }) => relative);
  refuseInData(root, relatives, { data: parts.data, downloads: parts.downloads() });
  yield { event: 'job', job: id, what: wanted.what, ...amountOf(items) };
  parts.jobs.create({ id, what: wanted.what, root, overwrite: request.overwrite ?? false, from, items });
  open.add(id); // what cannot be begun never ends
}

function amountOf(items: readonly WantedItem[]): { readonly files: number; readonly bytes: number } {
  const files = items.filter(({ kind }) => kind === 'file');
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

/** A single file that this peer has already needs no second copy, unless a place for it is named. */
async function heldAlready(
  wanted: Wanted,
  { output }: GetRequest,
  { contents, files }: GetParts,
): Promise<LocalFile | undefined> {
  const content = wanted.items[0]?.content;
  if (wanted.kind !== 'file' || output !== undefined || content === undefined) return undefined;
  for (const file of contents.locate(content)) {
    const open = await files.open(file).catch(() => undefined);
    if (!open) continue;
    await open.close();
    return file;
  }
  return undefined;
}

/** Where the items go: below the downloads folder, below the folder that `-o` names, or under the name that it gives. */
async function placesOf(
  { kind, items }: Wanted,
  { output, outputIsFolder, what }: GetRequest,
  { downloads, destinations }: GetParts,
): Promise<{ readonly root: string; readonly items: readonly WantedItem[] }> {
  if (output === undefined) return { root: downloads(), items };
  const [only] = items;
  const single = kind === 'file' && what.length === 1 && only !== undefined && !outputIsFolder;
  if (!single) return { root: output, items };
  const place = { root: dirname(output), relative: basename(output) };
  const standing = await destinations.look(place).catch(() => undefined);
  if (standing?.kind === 'folder') return { root: output, items };
  return { root: place.root, items: [{ ...only, relative: place.relative }] };
}

/** Two different contents of one job under one name: neither is allowed to win. */
function refuseCollisions(items: readonly WantedItem[]): void {
  const seen = new Map<string, ContentId | undefined>();
  for (const { relative, content } of items) {
    if (seen.has(relative) && seen.get(relative) !== content) {
      throw new PeerdexError('conflict', `two different files would both be called ${relative}`, {
        hint: 'fetch them one at a time, each to its own place with -o',
      });
    }
    seen.set(relative, content);
  }
}

/** What a disk would take for one name is left out, and told. */
async function placeable(
  { root, items }: { readonly root: string; readonly items: readonly WantedItem[] },
  { destinations }: GetParts,
): Promise<Placed> {
  if (items.length < 2 || !(await destinations.foldsCase(root))) return { items, clashes: [] };
  return withoutCollisions(items);
}

/** So many files and fewer are told of one by one to everybody. */
const FEW_FILES = 10;

/**
 * A job that is done or failed has said so file by file, or of many files `together` where that is wanted; one that another client stopped
 * has not.
 */
export function toGetEvents(event: JobEvent, isTogether = false): readonly GetEvent[] {
  if (event.event === 'done') return [{ ...event, sources: [...event.sources] }];
  if (event.event === 'together') {
    const { each, ...sum } = event;
    if (isTogether && event.files > FEW_FILES) return [{ ...sum, sources: [...sum.sources] }];
    return each().map((one) => ({ ...one, sources: [...one.sources] }));
  }
  if (event.event === 'progress' || event.event === 'failed' || event.event === 'passed-over') return [event];
  if (event.event !== 'ended') return [];
  if (event.state !== 'paused' && event.state !== 'cancelled') return [];
  return [{ event: 'state', job: event.job, state: event.state }];
}

function failedToStart(what: string, error: unknown): GetEvent {
  const { code, message, hint, candidates } = asPeerdexError(error);
  return {
    event: 'failed',
    path: what,
    code,
    reason: message,
    ...(hint === undefined ? {} : { hint }),
    ...(candidates ? { candidates: [...candidates] } : {}),
  };
}

const pathOf = ({ root, relative }: LocalFile): string => `${root === '/' ? '' : root}/${relative}`;

const JOB_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
export const newJobId = (): JobId =>
  Array.from({ length: 8 }, () => JOB_LETTERS[randomInt(JOB_LETTERS.length)]).join('');
