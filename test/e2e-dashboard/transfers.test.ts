import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree, stampedBytes } from '../harness/files.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';

const MIB = 2 ** 20;
/** Bytes a second: a minute for the large file, however busy the machine is. */
const SLOW = 400_000;
const NAME = '<img src=x onerror=alert(1)> 1.bin';

describe('the page of transfers', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let seed: ClusterPeer;
  let peer: ClusterPeer;

  before(async () => {
    const cluster = things.use(await Cluster.start());
    const files = { [NAME]: stampedBytes(24 * MIB), 'small.bin': stampedBytes(MIB, 2) };
    const folder = await makeTree(cluster.folder.join('data'), files);
    seed = await cluster.peer('seed', { shares: [folder], upLimit: SLOW });
    peer = await peerWithDashboard(cluster, 'lab-7');
    browser = await startBrowser();
    things.defer(() => browser.close());
  });
  after(() => things.disposeAsync());

  it('is empty at first, and says how to begin', async () => {
    await using dashboard = await openDashboard(browser, peer, 'transfers');
    await dashboard.page.getByText('Nothing has been fetched yet').waitFor();
    await dashboard.look('transfers-empty');
  });

  it('shows a download while it runs, pauses it, goes on with it, and shows its end', async () => {
    await using dashboard = await openDashboard(browser, peer, 'transfers');
    const { page } = dashboard;
    const done = peer.get({ what: [`seed:data/${NAME}`] });
    const row = page.getByRole('row', { name: 'onerror' });
    await row.getByText(/B\/s/).first().waitFor();
    assert.equal(await page.locator('[src=x]').count(), 0, 'a name is text');
    await row.click();
    const details = page.getByRole('complementary');
    await details.getByRole('cell', { name: 'seed' }).waitFor();
    await dashboard.look('transfers-running');

    await details.getByRole('button', { name: 'Pause' }).click();
    await row.getByText('paused').first().waitFor();
    const { jobs } = await peer.client.jobs();
    assert.equal(jobs[0]!.state, 'paused');
    assert.ok(jobs[0]!.bytes > 0 && jobs[0]!.bytes < jobs[0]!.size);
    await done;

    await seed.client.limit({ body: { up: null } });
    await details.getByRole('button', { name: 'Resume' }).click();
    await row.getByText('done').first().waitFor();
    await details.getByRole('button', { name: 'Close' }).click();
    await details.waitFor({ state: 'detached' });
    const fetched = await readFile(`${peer.data}/downloads/${NAME}`);
    assert.equal(fetched.byteLength, 24 * MIB);
  });

  it('cancels, filters, and is worked by keyboard', async () => {
    await seed.client.limit({ body: { up: 100_000 } });
    await using dashboard = await openDashboard(browser, peer, 'transfers');
    const { page } = dashboard;
    const ended = peer.get({ what: ['seed:data/small.bin'] });
    const row = page.getByRole('row', { name: 'small.bin' });
    await row.getByRole('button', { name: 'Cancel small.bin' }).click();
    await row.getByText('cancelled').first().waitFor();
    await page.getByText('small.bin was cancelled').waitFor();
    await ended;
    await dashboard.look('transfers');

    await page.getByRole('button', { name: 'Done' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('grid', { name: 'Transfers' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').getByText('Asked for').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
  });

  it('goes on by itself when its peer was away', async () => {
    const cluster = await Cluster.start();
    await using _cluster = cluster;
    const other = await peerWithDashboard(cluster, 'other');
    await using dashboard = await openDashboard(browser, other, 'transfers');
    dashboard.expectComplaints(/ERR_|Failed to load resource/);
    await dashboard.page.getByText('Nothing has been fetched yet').waitFor();
    await other.running.close();
    await dashboard.page.getByText('Your peer does not answer').waitFor();
    await eventually(() => dashboard.complaints.length === 0);
  });
});
