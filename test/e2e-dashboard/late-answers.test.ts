import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { makeTree } from '../harness/files.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import { heldAnswers } from './support/held-answers.ts';

describe('an answer that comes after what it does not know of was told', {
  skip: skipWithout('chromium'),
}, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let peer: ClusterPeer;
  let folder: string;

  before(async () => {
    const cluster = things.use(await Cluster.start());
    folder = await makeTree(cluster.folder.join('here'), { 'old thing.bin': '' });
    peer = await peerWithDashboard(cluster, 'lab-7', { shares: [folder] });
    browser = await startBrowser();
    things.defer(() => browser.close());
  });
  after(() => things.disposeAsync());

  it('is asked for again in the library', async () => {
    await using library = await openDashboard(browser, peer);
    await using peers = await openDashboard(browser, peer, 'peers');
    const { page } = library;
    const answers = await heldAnswers(page, '**/v1/find?*');
    await library.goTo('library?q=thing');
    const answer = await answers.next();
    await writeFile(path.join(folder, 'new thing.bin'), Buffer.alloc(3_000_000));
    await peer.client.rescan();
    // Both pages are told in one go.
    await peers.page.getByRole('row', { name: 'lab-7' }).getByText('3.0 MB').waitFor();
    await answers.end();
    await answer.arrive();
    await page.getByRole('row', { name: 'new thing.bin' }).waitFor();
  });
});
