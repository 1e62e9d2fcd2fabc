import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tempFolder } from '../../../../test/harness/temp-folder.ts';
import { fitsQuery } from '../../../index/file-filter.ts';
import { find } from '../../../index/find.ts';
import { NameScan } from '../../../index/scan-names.ts';
import { SqliteEntryStore } from '../entry-store.ts';
import { openPeerDatabase } from '../peer-database.ts';
import { buildChunks } from './build-chunks.ts';
import { openSearchDatabase } from './search-database.ts';
import { SearchIndex } from './search-index.ts';

const OWNER = 'a'.repeat(32);

it('the name itself comes first, wherever its row stands among those that are read with it', async () => {
  await using folder = await tempFolder();
  const file = folder.join('peer.db');
  const peer = openPeerDatabase(file);
  const store = new SqliteEntryStore(peer);
  store.addOwner(OWNER, { index: '0'.repeat(16), seq: 0, floor: 0 }, 1);
  const names = [...Array.from({ length: 500 }, (_, n) => `report ${n}.txt`), 'report.txt'];
  const records = names.map((name, n) => ({
    ...({ path: `s/${name}`, kind: 'file', size: 1, mtime: 1n, executable: false, flag: 1 } as const),
    ...{ content: (n + 1).toString(16).padStart(64, '0'), seq: n + 1 },
  }));
  store.put(OWNER, records, 1);
  const search = openSearchDatabase(folder.join('search.db'), store);
  buildChunks(peer, search, { least: 1, most: 32_768 });
  const scan = new NameScan(store);
  const index = new SearchIndex({
    ...{ peer, entries: store, search, fits: fitsQuery },
    scan: (query, from) => scan.candidates(query, from),
  });
  const owners = new Set([OWNER]);
  const { results } = await find(store, index, { parts: ['report'], owners, holders: owners, limit: 10 });
  assert.equal(results[0]?.best.path, 's/report.txt');
  search.close();
  peer.close();
});
