import { statSync } from 'node:fs';
import { PeerdexError } from '../../core/errors.ts';
import { checkMirrored } from '../../index/mirror-source.ts';
import type { MirrorEvent, MirrorRequest } from '../../protocol/http/local/mirror-operations.ts';
import type { JobEvent } from '../../transfer/job-events.ts';
import type { JobService } from '../../transfer/job-service.ts';
import { beginMirror } from '../../transfer/mirror/begin-mirror.ts';
import type { MirrorSource } from '../../transfer/mirror/mirror-parts.ts';
import { realPathOfNearest, refuseInData } from '../private-folders.ts';
import { EventQueue } from './event-queue.ts';
import { newJobId, toGetEvents } from './get.ts';

export interface MirrorHandlerParts {
  readonly jobs: JobService;
  readonly source: MirrorSource;
  /** Absolute. */
  readonly downloads: string;
  /** The data folder, absolute. */
  readonly data: string;
  readonly firstPull: Promise<void>;
  /** Throws what says why nothing bears the name. */
  readonly explain: (what: string) => Promise<unknown>;
}

const ALIVE_MS = 1000;

/** Begins a mirror, or finds the one that is there, and tells what happens to it, a line each, until it ends. */
export async function* mirror(
  request: MirrorRequest,
  parts: MirrorHandlerParts,
  signal: AbortSignal,
): AsyncGenerator<MirrorEvent> {
  const { what, to, delete: removes = false, deleteAll: removesAll = false, once = false } = request;
  checkMirrored(what);
  const root = realPathOfNearest(to);
  if (isFile(root)) throw new PeerdexError('conflict', `${to} is a file, where a folder is wanted`);
  refuseInData(root, ['any'], parts);
  const { jobs } = parts;
  await checkKnown(what, root, parts);
  const events = new EventQueue<MirrorEvent>();
  const early: JobEvent[] = [];
  let id: string | undefined;
  let isOpen = true;
  const take = (event: JobEvent) => {
    if (event.job !== id || !isOpen) return;
    for (const told of toMirrorEvents(event)) events.push(told);
    if (event.event !== 'ended' && event.event !== 'altered') return;
    isOpen = false;
    events.wake();
  };
  const unwatch = jobs.watch((event) => (id === undefined ? early.push(event) : take(event)));
  const alive = setInterval(() => events.push({ event: 'alive' }), ALIVE_MS);
  try {
    id = await beginMirror(jobs, { id: newJobId(), what, root, mirror: { removes, removesAll, once } });
    yield { event: 'job', job: id, what };
    const job = id;
    const began = early.findLastIndex((event) => event.event === 'began' && event.job === job);
    for (const event of early.slice(began + 1)) take(event);
    const { asks } = jobs.view(id);
    if (asks) yield { event: 'asks', job: id, files: asks.files, of: asks.of };
    while (!signal.aborted) {
      yield* events.drain();
      if (!isOpen) break;
      await events.next(signal);
    }
    yield* events.drain();
    if (!isOpen) yield { event: 'end' };
  } finally {
    clearInterval(alive);
    unwatch();
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** A name that nothing bears is an error where no mirror of it is there; that is known after the first index pull. */
async function checkKnown(
  what: string,
  root: string,
  { source, firstPull, jobs, explain }: MirrorHandlerParts,
): Promise<void> {
  const isThere = jobs
    .list()
    .some((job) => job.mirror && job.state !== 'cancelled' && job.what === what && job.root === root);
  if (isThere || (await source.read(what))) return;
  await firstPull;
  if (await source.read(what)) return;
  await explain(what);
  throw new PeerdexError('usage', `${JSON.stringify(what)} is only on this peer`, {
    hint: 'a mirror is of what other peers have',
  });
}

function toMirrorEvents(event: JobEvent): readonly MirrorEvent[] {
  switch (event.event) {
    case 'removed':
    case 'kept':
    case 'asks':
    case 'equal':
    case 'altered':
    case 'waits':
      return [event];
    default:
      return toGetEvents(event);
  }
}
