import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { silentLog } from '../../src/core/ports/log.ts';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree, stampedBytes } from '../harness/files.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { makeManyLeases } from '../support/many-leases.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import type { DashboardPage } from './support/dashboard-page.ts';

const MIB = 2 ** 20;
const ABSENT = 300;
/** Bytes a second: longer than the test takes, however busy the machine is. */
const SLOW = 300_000;

describe('the page of peers', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let peer: ClusterPeer;
  let seed: ClusterPeer;
  let taker: ClusterPeer;
  let dashboard: DashboardPage;

  before(async () => {
    const folder = things.use(await tempFolder());
    const registry = {
      data: folder.join('registry'),
      leaseSeconds: 7200,
      maxPeers: 1000,
    };
    const listen = { host: '127.0.0.1', port: 0 };
    await makeManyLeases({ ...registry, listen, advertise: [], log: silentLog }, ABSENT);
    const cluster = things.use(await Cluster.start(registry));
    const given = await makeTree(cluster.folder.join('given'), { 'a.bin': stampedBytes(24 * MIB) });
    const own = await makeTree(cluster.folder.join('own'), { 'b.bin': stampedBytes(24 * MIB, 2) });
    seed = await cluster.peer('seed <b>bold', { shares: [given], upLimit: SLOW });
    peer = await peerWithDashboard(cluster, 'lab-7', { shares: [own], upLimit: SLOW });
    taker = await cluster.peer('taker');
    browser = await startBrowser();
    things.defer(() => browser.close());
    dashboard = things.use(await openDashboard(browser, peer));
  });
  afterEach(() => dashboard.checkQuiet());
  after(() => things.disposeAsync());

  it('lists hundreds, filters and sorts them, and leads to what one shares', async () => {
    await dashboard.goTo('peers');
    const { page } = dashboard;
    const grid = page.getByRole('grid', { name: 'Peers' });
    await grid.getByText('host-00000').waitFor();
    await eventually(async () => Number(await grid.getAttribute('aria-rowcount')) === ABSENT + 4);
    await dashboard.look('peers');

    await grid.focus();
    await page.keyboard.press('End');
    await grid.getByText('taker').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('bold');
    const row = page.getByRole('row', { name: 'seed <b>bold' });
    await row.getByText('25.2 MB').waitFor();
    assert.equal(await page.locator('.table b').count(), 0, 'a name is text');
    await row.click();
    const details = page.getByRole('complementary');
    const browse = details.getByRole('link', { name: 'Browse what it shares' });
    assert.equal(await browse.getAttribute('href'), `#/library/${encodeURIComponent('seed <b>bold')}`);
    await page.getByRole('searchbox').fill('no such peer');
    await page.getByText('Nobody here is called so').waitFor();
    await page.getByRole('searchbox').fill('');
  });

  it('tells rates between us, in the list and in a picture', async () => {
    await dashboard.goTo('peers?view=busy');
    const { page } = dashboard;
    await page.getByText('Nothing goes on right now').waitFor();
    await dashboard.look('peers-quiet');
    const gets = [
      peer.get({ what: [`${seed.id}:given/a.bin`] }),
      taker.get({ what: [`${peer.id}:own/b.bin`] }),
    ];
    const giving = page.getByRole('row', { name: 'seed <b>bold' });
    const getting = page.getByRole('row', { name: 'taker' });
    await giving.getByText(/kB\/s/).waitFor();
    await getting.getByText(/kB\/s/).waitFor();
    await giving.click();
    await page.getByRole('complementary').getByText(/kB\/s/).waitFor();
    await dashboard.look('peers-busy');

    await page.getByRole('button', { name: 'Picture' }).click();
    await page.getByRole('img', { name: /^The 200 busiest of 302 .*one: 1, .*it: 1\./ }).waitFor();
    assert.equal(await page.locator('.network-peer').count(), 200);
    assert.equal(await page.locator('.network-line').count(), 2);
    await page.getByRole('button', { name: 'Close' }).click();
    await dashboard.look('peers-picture');
    await page.locator('.network-peer', { hasText: 'taker' }).locator('circle').click();
    await page.getByRole('complementary').getByRole('heading', { name: 'taker' }).waitFor();

    for (const one of [peer, taker]) {
      const { jobs } = await one.client.jobs();
      await one.client.cancel({ params: { job: jobs[0]!.id } });
    }
    await Promise.all(gets);
    await page.getByRole('img', { name: /one: 0, .*it: 0\./ }).waitFor();
  });

  it('says to who is alone how others come in', async () => {
    await using cluster = await Cluster.start();
    const alone = await peerWithDashboard(cluster, 'alone');
    await using own = await openDashboard(browser, alone, 'peers');
    await own.page.getByText('Nobody else is here yet').waitFor();
    await own.look('peers-alone');
    const other = await cluster.peer('other');
    await own.page.getByRole('row', { name: 'other' }).waitFor();
    await other.client.leave();
    await own.page.getByRole('row', { name: 'other' }).waitFor({ state: 'detached' });
  });
});
