import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree, stampedBytes } from '../harness/files.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import type { DashboardPage } from './support/dashboard-page.ts';

const MIB = 2 ** 20;
/** Bytes a second: two minutes for a large file, and a part of it every second or two. */
const SLOW = 200_000;
/** What is under way stays so until the test says otherwise. */
const HELD = 1000;
/** Files of a folder: more than one page of a list. */
const MANY = 450;
/** With zeros, so that the last in number is the last in the order of names, which is that of the list. */
const pageName = (number: number) => `page ${String(number).padStart(3, '0')}.txt`;
const MIRRORED = ['notes.md', 'plan.md', 'rates.csv', 'todo.md'];
const NAME = '<img src=x onerror=alert(1)> 1.bin';

describe('the page of transfers', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let cluster: Cluster;
  /** What the seed shares. */
  let given: string;
  let seed: ClusterPeer;
  let peer: ClusterPeer;
  let dashboard: DashboardPage;

  before(async () => {
    cluster = things.use(await Cluster.start());
    const files = {
      [NAME]: stampedBytes(24 * MIB),
      'small.bin': stampedBytes(MIB, 2),
      'both/large.bin': stampedBytes(24 * MIB, 3),
      'both/note.txt': stampedBytes(100, 4),
      ...Object.fromEntries(MIRRORED.map((name, i) => [`mirrored/${name}`, stampedBytes(100, 500 + i)])),
      ...Object.fromEntries(
        Array.from({ length: MANY }, (_, i) => [`many/${pageName(i)}`, stampedBytes(100, i)]),
      ),
    };
    given = await makeTree(cluster.folder.join('data'), files);
    seed = await cluster.peer('seed', { shares: [given], upLimit: SLOW });
    peer = await peerWithDashboard(cluster, 'lab-7');
    browser = await startBrowser();
    things.defer(() => browser.close());
    dashboard = things.use(await openDashboard(browser, peer));
  });
  afterEach(() => dashboard.checkQuiet());
  after(() => things.disposeAsync());

  it('is empty at first, and says how to begin', async () => {
    await dashboard.goTo('transfers');
    await dashboard.page.getByText('Nothing has been fetched yet').waitFor();
    await dashboard.look('transfers-empty');
  });

  it('shows a download while it runs, pauses it, goes on with it, and shows its end', async () => {
    await dashboard.goTo('transfers');
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
    await seed.client.limit({ body: { up: HELD } });
    await dashboard.goTo('transfers');
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
    const details = page.getByRole('complementary');
    await details.getByText('Asked for').waitFor();
    assert.ok(
      await page.evaluate('document.activeElement.matches("aside")'),
      'the keyboard is in the details',
    );
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    assert.ok(await page.evaluate('document.activeElement.matches("[role=grid]")'), 'and back in the table');
  });

  it('lists what failed of many files and why, and tries only that again', async () => {
    const root = path.join(peer.data, 'downloads', 'many');
    await mkdir(root, { recursive: true });
    const inTheWay = path.join(root, pageName(7));
    await writeFile(inTheWay, 'something else');
    await seed.client.limit({ body: { up: null } });
    await peer.get({ what: ['seed:data/many/'] });

    await dashboard.goTo('transfers?show=failed');
    const { page } = dashboard;
    await page.getByRole('row', { name: 'many' }).click();
    const details = page.getByRole('complementary');
    const files = details.getByRole('grid', { name: 'Files of the job' });
    await files.getByText(pageName(7), { exact: true }).waitFor();
    await files.getByText('a different file stands at').waitFor();
    await dashboard.look('transfers-failed');

    await details.getByRole('button', { name: /^Done/ }).click();
    await files.getByText(pageName(0), { exact: true }).waitFor();
    await files.focus();
    await eventually(async () => {
      await page.keyboard.press('End');
      return (await files.getByText(pageName(MANY - 1), { exact: true }).count()) > 0;
    });
    const untouched = path.join(root, pageName(8));
    const { ino, mtimeMs } = await stat(untouched);
    await rm(inTheWay);
    await details.getByRole('button', { name: 'Retry what failed' }).click();
    await details.getByText(/^done, /).waitFor();
    const after = await stat(untouched);
    assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs]);
    assert.equal((await stat(inTheWay)).size, 100);
    await page.getByText('Nothing here is failed').waitFor();
  });

  it('tries again what failed while the rest is under way', async () => {
    await seed.client.limit({ body: { up: SLOW } });
    const inTheWay = path.join(peer.data, 'downloads/both/note.txt');
    await mkdir(path.dirname(inTheWay), { recursive: true });
    await writeFile(inTheWay, 'something else');
    const ended = peer.get({ what: ['seed:data/both/'] });
    await dashboard.goTo('transfers?show=under-way');
    const { page } = dashboard;
    await page.getByRole('row', { name: 'both' }).click();
    const details = page.getByRole('complementary');
    await details.getByRole('button', { name: /^Failed/ }).click();
    await details.getByText('a different file stands at').waitFor();
    await rm(inTheWay);
    await details.getByRole('button', { name: 'Retry what failed' }).click();
    await eventually(async () => (await stat(inTheWay)).size === 100);
    await details.getByText(/^fetching, /).waitFor();
    await details.getByRole('button', { name: 'Cancel' }).click();
    await ended;
    await details.getByText(/^cancelled, /).waitFor();
  });

  it('shows mirrors: equal, asking, leaving things alone, and removed', async () => {
    await seed.client.limit({ body: { up: null } });
    await dashboard.goTo('transfers?show=mirrors');
    const { page } = dashboard;
    await page.getByText('No folder is mirrored here').waitFor();
    const to = cluster.folder.join('copy');
    const body = { what: 'seed:data/mirrored/', to, delete: true };
    for await (const event of peer.client.mirror({ body })) if (event.event === 'job') break;
    const row = page.getByRole('row', { name: 'mirrored' });
    await row.getByText('equal', { exact: true }).waitFor();
    await row.click();
    const details = page.getByRole('complementary');
    await details.getByText('all was equal').waitFor();
    assert.deepEqual((await readdir(to)).sort(), MIRRORED);

    for (const name of MIRRORED.slice(1)) await rm(path.join(given, 'mirrored', name));
    await writeFile(path.join(to, 'new.md'), 'mine');
    await writeFile(path.join(given, 'mirrored/new.md'), 'of the seed');
    await seed.client.rescan();
    await details.getByText('3 of 4 files here have gone').waitFor();
    await details.getByRole('listitem').filter({ hasText: 'new.md' }).waitFor();
    await row.getByText('asks', { exact: true }).waitFor();
    await dashboard.look('transfers-mirror');
    await details.getByRole('button', { name: 'Let 3 files go…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove 3' }).click();
    await eventually(async () => (await readdir(to)).length === 2);
    await details.getByRole('alert').waitFor({ state: 'detached' });

    await details.getByRole('button', { name: 'Remove…' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await details.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByText('Its files stay').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the mirror' }).click();
    await page.getByText('The mirror is removed').waitFor();
    await page.getByText('No folder is mirrored here').waitFor();
    assert.deepEqual((await readdir(to)).sort(), ['new.md', 'notes.md']);
  });

  it('does something with many at once', async () => {
    await seed.client.limit({ body: { up: HELD } });
    await rm(`${peer.data}/downloads`, { recursive: true });
    const ended = [peer.get({ what: [`seed:data/${NAME}`] }), peer.get({ what: ['seed:data/small.bin'] })];
    await dashboard.goTo('transfers?show=under-way');
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
    const other = await peerWithDashboard(cluster, 'other');
    await using own = await openDashboard(browser, other, 'transfers');
    own.expectComplaints(/ERR_|Failed to load resource/);
    await own.page.getByText('Nothing has been fetched yet').waitFor();
    await other.running.close();
    await own.page.getByText('Your peer does not answer').waitFor();
    await own.goTo('library?q=anything');
    await own.page.getByRole('alert').getByText('does not answer').waitFor();
    await own.look('away');
    await eventually(() => own.complaints.length === 0);
  });
});
