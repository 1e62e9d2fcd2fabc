import { Readable } from 'node:stream';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import { formatJoinLink, type JoinLink, parseJoinLink } from '../../core/join-link.ts';
import { linkedAbort } from '../../core/linked-abort.ts';
import type { Wanted } from '../../core/wanted.ts';
import type { Handlers } from '../../network/http/handlers.ts';
import type { localOperations } from '../../protocol/http/local/operations.ts';
import { careHandlers } from './care.ts';
import { findHandler } from './find.ts';
import { get } from './get.ts';
import { jobLookHandlers } from './job-looks.ts';
import { jobRow } from './job-row.ts';
import { limitHandlers } from './limits.ts';
import { linkRow, makeLink } from './links.ts';
import type { LocalParts } from './local-parts.ts';
import { mirror } from './mirror.ts';
import { peers } from './peers.ts';
import { status } from './status.ts';
import { shareHandlers } from './verify.ts';
import { why } from './why.ts';

const JOIN_WAIT_MS = 10_000;

/** What the daemon answers its own user's clients. */
export function localHandlers(parts: LocalParts): Handlers<typeof localOperations> {
  const { shares, transfer, queries, view, csv, membership } = parts;
  const { jobs } = transfer;
  return {
    ...careHandlers(membership),
    ...shareHandlers(shares),
    ...jobLookHandlers(jobs),
    ...limitHandlers(parts),
    status: () => status(parts),
    peers: () => peers(parts),
    async ls({ query: { where, limit, from } }) {
      if (limit === undefined) return { entries: await queries.ls(where) };
      const { entries, next } = await queries.lsPart(where, limit, from);
      return { entries: [...entries], ...(next === undefined ? {} : { next }) };
    },
    ...findHandler(parts),
    csv: ({ query }) => ({
      status: 200,
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      body: Readable.from(csv.text({ raw: query.raw ?? false }), { objectMode: false }),
    }),
    csvRows: () => csv.rows(),
    get: ({ body }, { signal }) =>
      get(
        body,
        {
          jobs,
          contents: shares.contents,
          files: parts.files,
          destinations: transfer.destinations,
          downloads: () => parts.downloads,
          data: parts.data,
          resolve: (what, from) => resolve(what, from, parts),
          split: (what, from) => queries.splitWhat(what, { from }),
          resolvePeer: (text) => view.mustBePeer(text).id,
        },
        signal,
      ),
    mirror: ({ body }, { signal }) =>
      mirror(
        body,
        {
          ...{ jobs, source: parts.mirrorSource, downloads: parts.downloads, data: parts.data },
          firstPull: parts.firstPull,
          explain: (what) => queries.resolveWhat(what),
        },
        signal,
      ),
    allowRemoval: ({ params, body }) => jobRow(jobs.allow(params.job, body.files)),
    jobs: () => ({ jobs: jobs.list().map(jobRow) }),
    why: ({ params }) => why(params.job, parts),
    pause: async ({ params }) => jobRow(await jobs.pause(params.job)),
    resume: ({ params }) => jobRow(jobs.resume(params.job)),
    cancel: async ({ params }) => jobRow(await jobs.cancel(params.job)),
    async share({ body }) {
      if (!parts.mayPublish()) throw mayNotPublish();
      const name = await shares.add(body.path, { accept: true });
      await shares.ready(name);
      const { path, files, bytes } = shares.status().find((share) => share.name === name)!;
      return { path, name, files, bytes };
    },
    async unshare({ query }) {
      return { path: query.path, name: await shares.remove(query.path) };
    },
    async pauseShare({ body }) {
      return { path: body.path, name: await shares.pause(body.path) };
    },
    async resumeShare({ body }) {
      if (!parts.mayPublish()) throw mayNotPublish();
      return { path: body.path, name: await shares.resume(body.path) };
    },
    async rescan() {
      const { added, changed, deleted, seconds } = await shares.rescan();
      await membership.announce();
      return { added, changed, deleted, seconds };
    },
    async link({ body }) {
      if (!parts.mayPublish()) throw mayNotPublish();
      return { link: linkRow(await makeLink(body, parts), parts) };
    },
    links: () => ({ links: parts.links.all().map((link) => linkRow(link, parts)) }),
    revokeLink: ({ params }) => ({ link: linkRow(parts.links.revoke(params.id), parts) }),
    async join({ body }, { signal }) {
      const link = parseJoinLink(body.link);
      await moveTo(membership, link, signal);
      parts.rememberLink(formatJoinLink(link));
      return { network: link.network, registry: link.addresses[0]!, registered: true };
    },
    async leave() {
      await membership.leave();
      parts.end();
      return { left: true };
    },
  };
}

const mayNotPublish = (): PeerdexError =>
  new PeerdexError(
    'forbidden',
    'this peer came in by a link of role fetch: it may not publish, nor make links',
    {
      hint: 'ask for a link that lets it share (`peerdex registry invite --role publish`), and `peerdex join` it',
    },
  );

/** Registers in another network; where that cannot be, this peer stays in the one that it was in, and says what the matter is. */
async function moveTo(
  membership: LocalParts['membership'],
  link: JoinLink,
  signal: AbortSignal,
): Promise<void> {
  const before = membership.link;
  if (before && before.mode !== link.mode) {
    throw new PeerdexError(
      'conflict',
      `this peer runs in a ${before.mode} network, the link is of a ${link.mode} one`,
      {
        hint: 'stop the peer, and start it with `peerdex up --join LINK`',
      },
    );
  }
  const wait = linkedAbort(signal, AbortSignal.timeout(JOIN_WAIT_MS));
  await membership.setLink(link);
  try {
    await membership.firstRegistration(wait.signal);
  } catch (error) {
    const { reason } = membership.status();
    if (before) await membership.setLink(before);
    if (error instanceof PeerdexError) throw error;
    throw new PeerdexError('unavailable', `cannot join the network: ${reason ?? 'no registry answers'}`, {
      cause: error,
      hint: 'check that the registry runs and that this machine reaches its address',
    });
  } finally {
    wait.release();
  }
}

/** A name that is unknown now may be known after the first index pull, so that one is waited for before it is said. */
async function resolve(
  what: string,
  from: PeerId | undefined,
  { queries, firstPull }: LocalParts,
): Promise<Wanted[]> {
  try {
    return await queries.resolveWhat(what, { from });
  } catch (error) {
    if (asPeerdexError(error).code !== 'not-found') throw error;
    await firstPull;
    return queries.resolveWhat(what, { from });
  }
}
