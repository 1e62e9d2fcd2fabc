import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { it } from 'node:test';
import { silentLog } from '../../src/core/ports/log.ts';
import { Cluster } from '../harness/cluster.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { makeManyLeases } from '../support/many-leases.ts';

const SILENT = 500;

it('a peer is ready with the index of another one, though hundreds that are listed do not answer', async () => {
  // Takes connections, and says nothing on them.
  const silent = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  try {
    const { port } = silent.address() as AddressInfo;
    await using folder = await tempFolder();
    const registry = {
      ...{ data: folder.join('registry'), listen: { host: '127.0.0.1', port: 0 }, advertise: [] },
      ...{ leaseSeconds: 7200, maxPeers: 1000, log: silentLog },
    };
    await makeManyLeases(registry, SILENT, (at) => ({
      id: ((at * 2_654_435_761) >>> 0).toString(16).padStart(8, '0').padEnd(32, '1'),
      addresses: [{ host: '127.0.0.1', port: at % 10 === 0 ? 1 : port }],
      head: { index: 'ab'.repeat(8), seq: 5 },
    }));
    await using cluster = await Cluster.start(registry);
    const share = folder.join('data');
    await mkdir(share);
    await writeFile(path.join(share, 'found.txt'), 'found');
    await cluster.peer('good', { shares: [share] });
    const other = await cluster.peer('other');
    const { entries } = await other.client.ls({ query: { where: 'good:data' } });
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['found.txt'],
    );
  } finally {
    silent.close();
  }
});
