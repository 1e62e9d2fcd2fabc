import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { makeTree } from '../harness/files.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import { heldAnswers } from './support/held-answers.ts';

/** So often the page asks for them. */
const LIMITS_EVERY_MS = 30_000;

describe('an answer that comes after what it does not know of was told', {
  skip: skipWithout('chromium'),
}, () => {
  const things = new AsyncDisposableStack();
  let cluster: Cluster;
  let browser: Browser;
  let peer: ClusterPeer;
  let folder: string;

  before(async () => {
    cluster = things.use(await Cluster.start());
    folder = await makeTree(cluster.folder.join('here'), { 'old thing.bin': '' });
    peer = await peerWithDashboard(cluster, 'lab-7', {
      shares: [folder],
      registry: cluster.registry.care,
    });
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

  it('does not bring back the limits of before they were saved', async () => {
    await using dashboard = await openDashboard(browser, peer);
    const { page } = dashboard;
    await page.clock.install();
    await dashboard.goTo('this-peer');
    const upload = page.getByLabel('Upload in MB/s');
    await upload.fill('2.5');
    const answers = await heldAnswers(page, '**/v1/limits');
    await page.clock.runFor(LIMITS_EVERY_MS);
    const poll = await answers.next();
    await page.getByRole('button', { name: 'Save limits' }).click();
    await (await answers.next()).arrive();
    await page.getByText('The limits hold from now on').waitFor();
    await poll.arrive();
    await settled(page);
    assert.equal(await upload.inputValue(), '2.5');
    await peer.client.forgetLimits();
  });

  it('leaves what is typed into the limits while they are saved', async () => {
    await using dashboard = await openDashboard(browser, peer, 'this-peer');
    const { page } = dashboard;
    const upload = page.getByLabel('Upload in MB/s');
    const download = page.getByLabel('Download in MB/s');
    await upload.fill('2.5');
    const answers = await heldAnswers(page, '**/v1/limits');
    await page.getByRole('button', { name: 'Save limits' }).click();
    const saved = await answers.next();
    await download.fill('7');
    await saved.arrive();
    await page.getByText('The limits hold from now on').waitFor();
    assert.equal(await download.inputValue(), '7');
    await answers.end();
    await page.getByRole('button', { name: 'Save limits' }).click();
    await page.getByText('Set here').waitFor();
    await page.getByRole('button', { name: 'Discard' }).waitFor({ state: 'detached' });
    const { up, down } = await peer.client.limits();
    assert.deepEqual([up.usual, down.usual], [2_500_000, 7_000_000]);
    await peer.client.forgetLimits();
  });

  it('closes only the picker in which that folder was shared', async () => {
    await using dashboard = await openDashboard(browser, peer, 'this-peer');
    const { page } = dashboard;
    const shared = cluster.folder.join('shared late');
    await mkdir(shared);
    const answers = await heldAnswers(page, '**/v1/shares');
    const open = page.getByRole('button', { name: 'Share a folder' });
    const dialog = page.getByRole('dialog', { name: 'Share a folder' });
    const field = dialog.getByLabel('Folder on the machine of this peer');
    await open.click();
    await field.fill(shared);
    await dialog.getByRole('button', { name: 'Share this folder' }).click();
    const answer = await answers.next();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await open.click();
    await field.fill('/somewhere/else');
    await answer.arrive();
    await page.getByText('shared late is shared.').waitFor();
    assert.equal(await field.inputValue({ timeout: 1000 }), '/somewhere/else');
  });
});

/** What the page was given before is in it and drawn. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(
    "fetch('/').then((answer) => answer.text()).then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))",
  );
