import assert from 'node:assert/strict';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { parseJoinLink } from '../../src/core/join-link.ts';
import type { ThroughputPoint as RatePoint } from '../../src/protocol/http/dashboard/own-operations.ts';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import type { DashboardPage } from './support/dashboard-page.ts';
import { heldAnswers } from './support/held-answers.ts';

const NAME = '<b>Music & more';
const OLD = new Date('2020-01-01T00:00:00Z');
/** So that nobody looks while a file is made rotten. */
const QUIET = { watch: false, scanSeconds: 3600 };

describe('the page of this peer', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let cluster: Cluster;
  let browser: Browser;
  let peer: ClusterPeer;
  let folder: string;
  let dashboard: DashboardPage;

  before(async () => {
    cluster = things.use(await Cluster.start());
    peer = await peerWithDashboard(cluster, 'lab-7', {
      ...QUIET,
      upLimit: 5_000_000,
      registry: cluster.registry.care,
    });
    folder = await makeTree(cluster.folder.join(NAME), { 'a.bin': 'a', 'sub/b.bin': 'bb' });
    await utimes(path.join(folder, 'a.bin'), OLD, OLD);
    browser = await startBrowser();
    things.defer(() => browser.close());
    dashboard = things.use(await openDashboard(browser, peer));
  });
  afterEach(() => dashboard.checkQuiet());
  after(() => things.disposeAsync());

  const shareOf = async (name: string) =>
    (await peer.client.status()).shares.find((share) => share.name === name);

  it('leaves what is typed into the picker alone when an answer comes, and what was chosen stays so until then', async () => {
    await dashboard.goTo('this-peer');
    const { page } = dashboard;
    const answers = await heldAnswers(page, '**/v1/dashboard/folders*');
    await page.getByRole('button', { name: 'Share a folder' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share a folder' });
    const field = dialog.getByLabel('Folder on the machine of this peer');
    await field.focus();
    await (await answers.next()).arrive();
    await dialog.getByRole('button', { name: 'Up' }).waitFor();
    await page.keyboard.type('/no/such/folder');
    assert.equal(await field.inputValue(), '/no/such/folder');
    dashboard.expectComplaints(/404/);
    await field.press('Enter');
    await (await answers.next()).arrive();
    await dialog.getByText('there is no folder /no/such/folder').waitFor();
    assert.equal(await field.inputValue(), '/no/such/folder', 'it can be mended');

    await field.fill(cluster.folder.path);
    await field.press('Enter');
    await (await answers.next()).arrive();
    await dialog.getByRole('button', { name: NAME }).click();
    assert.equal(await field.inputValue(), folder, 'not the folder whose list is still shown');
    await (await answers.next()).arrive();
    await dialog.getByRole('button', { name: 'sub' }).waitFor();
    await field.fill('');
    await field.blur();
    assert.equal(await field.inputValue(), folder);
    await answers.end();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('shares a folder that was chosen in the picker, and refuses what must not be shared', async () => {
    await dashboard.goTo('this-peer');
    const { page } = dashboard;
    await page.getByText('Only what was downloaded is shared so far').waitFor();
    await dashboard.look('this-peer-empty');
    await page.getByRole('button', { name: 'Share a folder' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share a folder' });
    const field = dialog.getByLabel('Folder on the machine of this peer');
    const shareIt = dialog.getByRole('button', { name: 'Share this folder' });

    dashboard.expectComplaints(/40[0-9]/);
    await field.fill('/no/such/folder');
    await field.press('Enter');
    await dialog.getByText('there is no folder /no/such/folder').waitFor();
    await field.fill(peer.data);
    await shareIt.click();
    await dialog.getByText('is a data folder of peerdex').waitFor();

    await field.fill(cluster.folder.path);
    await field.press('Enter');
    await dialog.getByRole('button', { name: NAME }).click();
    await dialog.getByRole('button', { name: 'sub' }).waitFor();
    assert.equal(await page.locator('dialog b').count(), 0, 'a name is text');
    await dashboard.look('this-peer-picker');
    await shareIt.click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('listitem', { name: NAME }).getByText('2 files').waitFor();
    assert.equal((await shareOf(NAME))!.path, folder);
  });

  it('pauses, resumes, verifies and tells what is rotten', async () => {
    await dashboard.goTo('this-peer');
    const { page } = dashboard;
    const row = page.getByRole('listitem', { name: NAME });
    await row.getByRole('button', { name: 'Pause' }).click();
    await row.getByText('offered to nobody').waitFor();
    await eventually(async () => (await peer.client.find({ query: { words: 'b.bin' } })).total === 0);
    await row.getByRole('button', { name: 'Resume' }).click();
    await row.getByText('ready').waitFor();
    await eventually(async () => (await peer.client.find({ query: { words: 'b.bin' } })).total === 1);

    const file = path.join(folder, 'a.bin');
    await writeFile(file, 'z');
    await utimes(file, OLD, OLD);
    await row.getByRole('button', { name: 'Verify' }).click();
    await row.getByText(/rotten, and no longer offered/).waitFor();
    await row.getByText(/^Verified/).waitFor();
    await dashboard.look('this-peer');
  });

  it('keeps limits with a schedule in the data folder, and goes back to the settings', async () => {
    await dashboard.goTo('this-peer');
    const { page } = dashboard;
    await page.getByText('From the settings that this peer was started with').waitFor();
    const upload = page.getByRole('group', { name: /^Upload/ }).first();
    const save = page.getByRole('button', { name: 'Save limits' });
    await upload.getByLabel('Upload in MB/s').fill('nonsense');
    assert.ok(await save.isDisabled());
    await upload.getByLabel('Upload in MB/s').fill('2.5');
    await upload.getByRole('button', { name: 'Another at some times' }).click();
    const period = page.getByRole('group', { name: 'Upload, time 1' });
    await period.getByRole('button', { name: 'Fri' }).click();
    await period.getByLabel('From').fill('22:00');
    await period.getByLabel('Until').fill('00:00');
    await period.getByLabel('MB/s').fill('1');
    await dashboard.look('this-peer-limits');
    await save.click();
    await page.getByText('Set here').waitFor();
    const kept = await peer.client.limits();
    assert.ok(kept.kept);
    assert.equal(kept.up.usual, 2_500_000);
    assert.deepEqual(kept.up.periods, [{ days: 0b0011110, from: 1320, to: 1440, rate: 1_000_000 }]);
    const file = JSON.parse(await readFile(path.join(peer.data, 'limits.json'), 'utf8'));
    assert.deepEqual(file.up.periods, kept.up.periods);
    await page.getByRole('button', { name: 'Back to the settings' }).click();
    await page.getByText('From the settings that this peer was started with').waitFor();
    assert.equal((await peer.client.limits()).up.now, 5_000_000);
  });

  it('makes a join link with its QR code, by which another machine comes in', async () => {
    await dashboard.goTo('this-peer');
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Make a join link' }).click();
    await page.getByRole('img', { name: 'The join link as a QR code' }).waitFor();
    const link = await page.getByLabel('Join link', { exact: true }).inputValue();
    assert.match(link, /^peerdex:/);
    await page.getByRole('img', { name: 'The join link as a QR code' }).scrollIntoViewIfNeeded();
    await dashboard.look('this-peer-invite');
    await cluster.peer('newcomer', { join: parseJoinLink(link) });
  });

  it('draws the throughput of hour and day, and stops sharing only when that was confirmed', async () => {
    await dashboard.goTo('this-peer');
    const { page } = dashboard;
    await page.getByText('The first point comes 5 min after').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Last day' }).click();
    await page.getByText('The first point comes 5 min after').waitFor();
    // Nobody waits a day for a picture.
    await page.route('**/v1/throughput', (route) => route.fulfill({ json: busyDay(Date.now()) }));
    await page.reload();
    await page.getByRole('figure', { name: 'At most 8.0 MB/s' }).waitFor();
    await dashboard.look('this-peer-throughput');
    const row = page.getByRole('listitem', { name: NAME });
    await row.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nobody finds or fetches').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.ok(await shareOf(NAME));
    await row.getByRole('button', { name: 'Remove…' }).click();
    await dialog.getByRole('button', { name: 'Stop sharing' }).click();
    await row.waitFor({ state: 'detached' });
    assert.equal(await shareOf(NAME), undefined);
  });

  it('says how to get a link where this peer may not make one, until it may', async () => {
    await mkdir(cluster.folder.join('plain'), { recursive: true });
    const other = await peerWithDashboard(cluster, 'plain', { shares: [cluster.folder.join('plain')] });
    await using own = await openDashboard(browser, other, 'this-peer');
    await own.page.getByText('may not make join links itself').waitFor();
    await own.page.getByRole('term').filter({ hasText: 'Runs for' }).scrollIntoViewIfNeeded();
    await own.look('this-peer-member');

    const { link } = await cluster.registry.care.invite({ role: 'admin' });
    await other.client.join({ body: { link } });
    await own.page.getByRole('button', { name: 'Make a join link' }).waitFor();
  });
});

/** Points of an hour and a day until `now`, with a time without any. */
function busyDay(now: number): Record<'hour' | 'day', RatePoint[]> {
  const points = (count: number, every: number) =>
    Array.from({ length: count }, (_, n) => ({
      at: new Date(now - (count - 1 - n) * every).toISOString(),
      up: Math.round(2e6 * (1 + Math.sin(n / 9))),
      down: n % 60 === 0 ? 8e6 : Math.round(3e6 * Math.max(0, Math.sin(n / 25))),
    })).filter((_, n) => n < 100 || n > 160);
  return { hour: points(360, 10_000), day: points(288, 300_000) };
}
