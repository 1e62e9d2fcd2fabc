import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { WantedItem } from '../../src/core/wanted.ts';
import { DiskDestinationFiles } from '../../src/storage/disk/destination-files.ts';
import { FileHasher } from '../../src/storage/disk/file-hasher.ts';
import { SqliteJobStore } from '../../src/storage/sqlite/job-store.ts';
import { openPeerDatabase } from '../../src/storage/sqlite/peer-database.ts';
import type { JobEvent } from '../../src/transfer/job-events.ts';
import { JobService } from '../../src/transfer/job-service.ts';
import { eventually } from '../harness/eventually.ts';
import { SwarmPeer } from '../harness/swarm-peer.ts';

const TEXT = 'x'.repeat(600_000);

describe('a job whose folder is not there, or is another one, when it goes on', () => {
  for (const [how, stands] of [
    ['is not there', false],
    ['is another folder than before', true],
  ] as const)
    it(`makes and writes nothing where it ${how}, says so, and goes on when it is back`, async () => {
      await using holder = await SwarmPeer.start(1);
      await using fetcher = await SwarmPeer.start(2);
      fetcher.knows(holder);
      using database = openPeerDatabase(':memory:');
      const root = join(fetcher.folder, 'drive');
      const content = await holder.hold('f', Buffer.from(TEXT));
      const item: WantedItem = { relative: 'f', kind: 'file', size: TEXT.length, content };
      const hasher = new FileHasher(Date.now, () => {});
      const destinations = new DiskDestinationFiles({
        hash: async (at, relative) => relative.map((path) => hasher.hash(at, path)),
      });
      const parts = { ...fetcher.parts, destinations };
      const begin = () => new JobService({ store: new SqliteJobStore(database), lanes: 8, parts });

      let jobs = begin();
      holder.upLimiter.rate = 1000;
      jobs.create({ id: 'j', what: 'f', root, overwrite: false, items: [item] });
      await eventually(() => existsSync(root) && readdirSync(root).length > 0);
      await jobs.stop();
      renameSync(root, `${root}-away`);
      if (stands) mkdirSync(root);

      jobs = begin();
      const events: JobEvent[] = [];
      jobs.watch((event) => events.push(event));
      jobs.start();
      await eventually(() => jobs.view('j').state === 'failed');
      assert.match(jobs.view('j').why ?? '', new RegExp(how));
      const failed = events.find(({ event }) => event === 'failed');
      assert.match((failed as { readonly hint?: string }).hint ?? '', /drive/);
      if (stands) assert.deepEqual(readdirSync(root), []);
      else assert.ok(!existsSync(root));

      if (stands) rmdirSync(root);
      renameSync(`${root}-away`, root);
      holder.upLimiter.rate = undefined;
      jobs.resume('j');
      await eventually(() => jobs.view('j').state === 'done');
      assert.equal(await readFile(join(root, 'f'), 'utf8'), TEXT);
      await jobs.stop();
    });
});
