import { IndexSync } from '../../src/app/index-sync.ts';
import { ownPage, readSignedPage } from '../../src/app/page-bytes.ts';
import type { IndexHead } from '../../src/core/entry.ts';
import { PeerdexError } from '../../src/core/errors.ts';
import type { PeerId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { seededRandom } from '../../src/core/random.ts';
import { KeptPages } from '../../src/index/kept-pages.ts';
import { PageSources } from '../../src/index/page-sources.ts';
import { systemVerifier } from '../../src/storage/disk/ecdsa.ts';
import { SqliteEntryStore } from '../../src/storage/sqlite/entry-store.ts';
import { SqlitePageStore } from '../../src/storage/sqlite/page-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import { EventQueue } from '../../test/sim/event-queue.ts';
import { IndexWire, runEvents } from '../../test/sim/index-wire.ts';
import { SimDirectory, simMember } from '../../test/sim/sim-directory.ts';
import { freshKey } from '../../test/support/fresh-key.ts';

/** What it cost a new peer to know the logs of all others. */
export interface Newcomer {
  readonly peers: number;
  readonly entries: number;
  /** Simulated seconds. */
  readonly seconds: number;
  readonly requests: number;
  readonly bytes: number;
  readonly connections: number;
  readonly failedDials: number;
  /** Processor time of the new peer in this process, with checking and storing. */
  readonly processorSeconds: number;
}

/** One page of a thousand entries each, as long as they are on disks: 230 KB. */
const RECORDS = 1000;

/**
 * A new peer comes to so many others with a thousand entries each; every tenth owner cannot be dialled. Following, choice of sources, checks and
 * storage are the program's own; everybody else keeps the pages of all. Throws where an entry is missing at the end.
 */
export async function newcomer(peers: number): Promise<Newcomer> {
  const queue = new EventQueue();
  using pages = openPeerDatabase(':memory:');
  const kept = new KeptPages(new SqlitePageStore(pages));
  const heads = new Map<PeerId, IndexHead>();
  for (let n = 0; n < peers; n += 1) heads.set(...makeLog(n, kept));
  const undialable = new Set([...heads.keys()].filter((_, n) => n % 10 === 0));
  const wire = new IndexWire({ queue, roundTrip: 20, rate: 12.5e6, undialable });
  using database = openPeerDatabase(':memory:');
  const store = new SqliteEntryStore(database);
  const self = freshKey().id;
  const members = [...heads.keys()];
  const directory = new SimDirectory(new Map(members.map((id) => [id, simMember(id)])), new Set(members));
  for (const [id, head] of heads) directory.tell(id, head);
  const clock = { ...queue.clock, now: () => Math.floor(queue.now) };
  const random = seededRandom(peers);
  const sync = new IndexSync({
    ...{ self, store, directory, clock, random, log: silentLog, pages: new SqlitePageStore(database) },
    sources: new PageSources({ self, members: () => members, clock, random }),
    fetchPage: async (server, owner, request) => {
      const signed = await wire.ask(
        ...([self, server.id, 0] as const),
        () => {
          const page = kept.serve(owner, request);
          if (!page) throw new PeerdexError('not-found', 'no such page');
          return page;
        },
        ({ body }) => body.byteLength,
      );
      return { page: readSignedPage({ owner, server: server.id }, signed, systemVerifier), signed };
    },
  });
  const before = process.cpuUsage();
  sync.start();
  const isDone = () => !sync.busy() && members.every((id) => store.owner(id)?.seq === RECORDS);
  if (!(await runEvents(queue, isDone, 3_600_000, 40)))
    throw new Error('the new peer does not come to an end');
  const { user, system } = process.cpuUsage(before);
  const seconds = queue.now / 1000;
  const entries = store.owners().reduce((sum, { files }) => sum + files, 0);
  if (entries !== peers * RECORDS) throw new Error(`${entries} entries instead of ${peers * RECORDS}`);
  const stopping = sync.stop();
  await runEvents(queue, () => false, Number.MAX_VALUE);
  await stopping;
  const { requests, bytes, connections, failedDials } = wire;
  const processorSeconds = (user + system) / 1e6;
  return { peers, entries, seconds, requests, bytes, connections, failedDials, processorSeconds };
}

function makeLog(n: number, kept: KeptPages): [PeerId, IndexHead] {
  const key = freshKey();
  const index = n.toString(16).padStart(16, '0');
  const records = Array.from({ length: RECORDS }, (_, at) => ({
    ...{
      path: `share ${n}/holiday ${at % 40}/picture ${at} of ${n}.jpg`,
      kind: 'file' as const,
      size: 1000 + at,
    },
    ...{ mtime: 1_700_000_000_000_000_000n + BigInt(at), executable: false, flag: 1 as const, seq: at + 1 },
    content: freshContent(n, at),
  }));
  const page = { owner: key.id, index, floor: 0, last: RECORDS, since: 0, records, more: false };
  kept.keep(page, ownPage(key, page));
  return [key.id, { index, seq: RECORDS }];
}

/** Looks like a hash, so that it is compressed no better. */
function freshContent(n: number, at: number): string {
  const random = seededRandom(n * RECORDS + at);
  return Array.from({ length: 8 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
