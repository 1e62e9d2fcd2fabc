import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
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
/** Files of a folder: more than one page of a list. */
const MANY = 450;
const NAME = '<img src=x onerror=alert(1)> 1.bin';

describe('the page of transfers', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let seed: ClusterPeer;
  let peer: ClusterPeer;

  before(async () => {
    const cluster = things.use(await Cluster.start());
    const files = {
      [NAME]: stampedBytes(24 * MIB),
      'small.bin': stampedBytes(MIB, 2),
      ...Object.fromEntries(
        Array.from({ length: MANY }, (_, i) => [`many/page ${i}.txt`, stampedBytes(100, i)]),
      ),
    };
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
    await details.getByText('seed is limited by its uplink or the way here').waitFor();
    const parts = details.getByRole('img', { name: /^Parts of .* on their way/ });
    await parts.waitFor();
    await details.getByText(/at one peer only/).waitFor();
    await dashboard.look('transfers-running');
    const here = async () =>
      Number(/: (\d+) here/.exec((await parts.getAttribute('aria-label')) ?? '')?.[1] ?? 0);
    const before = await here();
    await eventually(async () => (await here()) > before);

    await details.getByRole('button', { name: 'Pause' }).click();
    await row.getByText('paused').first().waitFor();
    await details.getByRole('img', { name: /^Parts of .* here, \d+ missing$/ }).waitFor();
    await dashboard.look('transfers-paused');
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

  it('lists what failed of many files and why, and tries only that again', async () => {
    const root = path.join(peer.data, 'downloads', 'many');
    await mkdir(root, { recursive: true });
    const inTheWay = path.join(root, 'page 7.txt');
    await writeFile(inTheWay, 'something else');
    await seed.client.limit({ body: { up: null } });
    await peer.get({ what: ['seed:data/many/'] });

    await using dashboard = await openDashboard(browser, peer, 'transfers?show=failed');
    const { page } = dashboard;
    await page.getByRole('row', { name: 'many' }).click();
    const details = page.getByRole('complementary');
    const files = details.getByRole('grid', { name: 'Files of the job' });
    await files.getByText('page 7.txt', { exact: true }).waitFor();
    await files.getByText('a different file stands at').waitFor();
    await dashboard.look('transfers-failed');

    await details.getByRole('button', { name: /^Done/ }).click();
    await files.getByText('page 0.txt', { exact: true }).waitFor();
    await files.focus();
    await eventually(async () => {
      await page.keyboard.press('End');
      return (await files.getByText(`page ${MANY - 1}.txt`, { exact: true }).count()) > 0;
    });
    const untouched = path.join(root, 'page 8.txt');
    const { ino, mtimeMs } = await stat(untouched);
    await rm(inTheWay);
    await details.getByRole('button', { name: 'Retry what failed' }).click();
    await details.getByText(/^done, /).waitFor();
    const after = await stat(untouched);
    assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs]);
    assert.equal((await stat(inTheWay)).size, 100);
    await page.getByText('Nothing here is failed').waitFor();
  });

  it('does something with many at once', async () => {
    await seed.client.limit({ body: { up: 100_000 } });
    await rm(`${peer.data}/downloads`, { recursive: true });
    const ended = [peer.get({ what: [`seed:data/${NAME}`] }), peer.get({ what: ['seed:data/small.bin'] })];
    await using dashboard = await openDashboard(browser, peer, 'transfers?show=under-way');
    const { page } = dashboard;
    await page.getByRole('row', { name: 'small.bin' }).waitFor();
    await page.getByRole('row', { name: 'onerror' }).waitFor();
    await page.getByRole('checkbox', { name: 'Choose small.bin' }).check();
    const many = page.getByRole('region', { name: 'Chosen transfers' });
    await many.getByText('1 transfer chosen').waitFor();
    await page.getByRole('button', { name: 'Choose all' }).click();
    await many.getByText('2 transfers chosen').waitFor();
    await dashboard.look('transfers-chosen');
    await many.getByRole('button', { name: 'Pause 2' }).click();
    await page.getByText('2 transfers were paused.').waitFor();
    await Promise.all(ended);
    await page.getByRole('button', { name: /^Paused/ }).click();
    await page.getByRole('grid', { name: 'Transfers' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await many.getByText('1 transfer chosen').waitFor();
    await page.keyboard.press(' ');
    await many.getByText('2 transfers chosen').waitFor();
    await many.getByRole('button', { name: 'Cancel 2' }).click();
    await page.getByText('2 transfers were cancelled.').waitFor();
    await many.getByRole('button', { name: 'Choose none' }).click();
    await many.waitFor({ state: 'detached' });
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
