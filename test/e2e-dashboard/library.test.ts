import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree, stampedBytes } from '../harness/files.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import type { DashboardPage } from './support/dashboard-page.ts';
import { onePng, recordedFilm, wavOf } from './support/media.ts';

const HOSTILE = '<img src=x onerror=alert(1)> gift.txt';
const RIGHT_TO_LEFT = 'gift \u202egnp.exe';
/** Bytes a second: what is large takes minutes. */
const SLOW = 1_500_000;

describe('the page of the library', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let cluster: Cluster;
  let seed: ClusterPeer;
  let peer: ClusterPeer;
  let dashboard: DashboardPage;

  before(async () => {
    cluster = things.use(await Cluster.start());
    browser = await startBrowser();
    things.defer(() => browser.close());
    peer = await peerWithDashboard(cluster, 'lab-7');
    dashboard = things.use(await openDashboard(browser, peer));
  });
  afterEach(() => dashboard.checkQuiet());
  after(() => things.disposeAsync());

  const downloads = () => readdir(path.join(peer.data, 'downloads'));
  const search = (page: Page) => page.getByRole('searchbox', { name: 'Search the whole network' });
  const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name });
  const drawer = (page: Page) => page.getByRole('complementary');

  it('says what to do while nobody shares anything', async () => {
    await dashboard.goTo('library');
    const { page } = dashboard;
    await row(page, 'lab-7').waitFor();
    await search(page).fill('cat');
    await page.getByText('Nobody shares anything yet').waitFor();
    await dashboard.look('library-nobody');
    const files = {
      'photos/cat one.png': onePng(96, 64),
      'photos/cat two.jpg': stampedBytes(300_000, 3),
      'photos/dog.png': stampedBytes(2_000_000, 4),
      'sound/cat song.wav': wavOf(120),
      'film/cat film.webm': await recordedFilm(page),
      'notes.txt': `A note about <b>cats</b>.\n${'line\n'.repeat(100_000)}`,
      [HOSTILE]: 'gift one',
      [RIGHT_TO_LEFT]: 'gift two',
    };
    const folder = await makeTree(cluster.folder.join('data'), files);
    const many = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`${10_000 + i}.dat`, '']));
    const lots = await makeTree(cluster.folder.join('lots'), many);
    seed = await cluster.peer('seed', { shares: [folder, lots] });
    // What comes shows by itself.
    await row(page, 'cat one.png').waitFor();
  });

  it('searches as one types, marks what matched, and keeps filters in the address', async () => {
    await dashboard.goTo('library');
    const { page } = dashboard;
    await page.getByRole('grid', { name: 'Peers' }).focus();
    await page.keyboard.press('/');
    await page.keyboard.type('cat');
    await row(page, 'cat film.webm').waitFor();
    assert.equal(await row(page, /cat (one|two|song|film)/).count(), 4);
    assert.equal(await row(page, 'dog').count(), 0);
    assert.equal(await row(page, 'cat one').locator('mark').first().textContent(), 'cat');
    await dashboard.look('library-search');
    await page.getByRole('combobox', { name: 'Type' }).selectOption('Pictures');
    await row(page, 'song').waitFor({ state: 'detached' });
    assert.equal(await row(page, /cat (one|two)/).count(), 2);
    await page.getByRole('textbox', { name: 'File endings' }).fill('jpg');
    await row(page, 'cat one').waitFor({ state: 'detached' });
    assert.match(page.url(), /q=cat&type=image&ext=jpg/);
    await page.reload();
    await row(page, 'cat two.jpg').waitFor();
    assert.equal(await row(page, /cat/).count(), 1);
    await page.getByRole('combobox', { name: 'Size' }).selectOption('1 GB and more');
    await page.getByText('No file bears these words').waitFor();
    await page.getByRole('button', { name: 'Search without filters' }).click();
    await row(page, 'song').waitFor();
  });

  it('shows hostile names as the text that they are', async () => {
    await dashboard.goTo('library?q=gift');
    const { page } = dashboard;
    await row(page, 'onerror').waitFor();
    assert.equal(await page.locator('[src=x]').count(), 0);
    assert.equal(await row(page, 'onerror').locator('strong').textContent(), HOSTILE);
    assert.equal(await row(page, 'exe').locator('strong').textContent(), RIGHT_TO_LEFT);
    await row(page, 'onerror').click();
    await drawer(page).getByText('data/<img src=x').waitFor();
  });

  it('browses by peer and folder, by keyboard too, however much lies there', async () => {
    await dashboard.goTo('library');
    const { page } = dashboard;
    await page.getByRole('grid', { name: 'Peers' }).waitFor();
    await row(page, 'seed').click();
    await row(page, 'lots').waitFor();
    const grid = page.getByRole('grid', { name: 'Files' });
    await grid.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await row(page, '10000.dat').waitFor();
    await page.getByRole('grid', { name: 'Files' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('End');
    await eventually(async () => {
      await page.keyboard.press('End');
      return row(page, '11199.dat').isVisible();
    });
    assert.ok((await page.getByRole('row').count()) < 100, 'what is out of sight is not drawn');
    const crumbs = page.getByRole('navigation', { name: 'Folder' });
    await crumbs.getByRole('link', { name: 'seed' }).click();
    await row(page, 'data').click();
    await row(page, 'photos').click();
    await row(page, 'dog.png').waitFor();
    await dashboard.look('library-folder');
    await page.goBack();
    await row(page, 'sound').waitFor();
  });

  it('puts a folder into another order, narrows it, and goes to a name', async () => {
    await dashboard.goTo('library/seed/data/photos');
    const { page } = dashboard;
    await row(page, 'dog.png').waitFor();
    const names = () => page.locator('.table-all .library-name strong').allTextContents();
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click();
    await eventually(async () => (await names()).join() === 'cat one.png,cat two.jpg,dog.png');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('Largest first');
    await eventually(async () => (await names()).join() === 'dog.png,cat two.jpg,cat one.png');
    await page.getByRole('textbox', { name: 'File endings' }).fill('png');
    await row(page, 'cat two').waitFor({ state: 'detached' });
    await page.getByText('2 of 3').waitFor();
    assert.match(page.url(), /photos\?ext=png&sort=-size/);
    await page.reload();
    await eventually(async () => (await names()).join() === 'dog.png,cat one.png');
    await dashboard.look('library-narrowed');

    // What was set stays while one goes up and down.
    await page.getByRole('navigation', { name: 'Folder' }).getByRole('link', { name: 'seed' }).click();
    await row(page, 'lots').click();
    await row(page, '10000.dat').waitFor({ state: 'detached' });
    await page.getByText('No file here fits the filters').waitFor();
    await page.getByRole('button', { name: 'Show all of the folder' }).click();
    await page.getByText('1,200 entries').waitFor();
    await page.getByRole('searchbox', { name: 'Jump to a name' }).fill('1115');
    await row(page, '11150.dat').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.getByText('1 chosen').waitFor();
    assert.ok(await row(page, '11151.dat').getByRole('checkbox').isChecked());
    await page.getByRole('searchbox', { name: 'Jump to a name' }).fill('nothing');
    await page.getByText('No name has this').waitFor();
  });

  it('finds, opens and gets a file by keyboard alone', async () => {
    await dashboard.goTo('library');
    const { page } = dashboard;
    await page.getByRole('grid', { name: 'Peers' }).focus();
    await page.keyboard.press('/');
    await page.keyboard.type('dog');
    await row(page, 'dog.png').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await drawer(page).getByRole('button', { name: 'Get' }).waitFor();
    await eventually(async () => {
      await page.keyboard.press('Tab');
      return page.evaluate('document.activeElement.textContent === "Get"');
    });
    await page.keyboard.press('Enter');
    await drawer(page).getByText('Here already').waitFor();
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    assert.ok((await downloads()).includes('dog.png'));
  });

  it('tells who holds a file, and gets it with one click', async () => {
    await dashboard.goTo('library?q=cat+two');
    const { page } = dashboard;
    await row(page, 'cat two').click();
    const details = drawer(page);
    await details.getByText('data/photos/cat two.jpg').waitFor();
    await details.getByText('active').waitFor();
    await dashboard.look('library-holders');
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    await row(page, 'cat two').getByRole('button', { name: 'Get cat two.jpg' }).click();
    await page.getByText('1 download begun').waitFor();
    await row(page, 'cat two').getByText('Here').waitFor();
    assert.ok((await downloads()).includes('cat two.jpg'));
  });

  it('gets many that were chosen, and a whole folder', async () => {
    await dashboard.goTo('library/seed/lots');
    const { page } = dashboard;
    await row(page, '10000.dat').getByRole('checkbox').click();
    await row(page, '10004.dat')
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await page.getByText('5 chosen').waitFor();
    await page.getByRole('grid', { name: 'Files' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.getByText('6 chosen').waitFor();
    await dashboard.look('library-chosen');
    await page.getByRole('button', { name: 'Get 6' }).click();
    await eventually(async () => (await downloads()).filter((name) => name.endsWith('.dat')).length === 6);
    await dashboard.goTo('library/seed/data');
    await row(page, 'photos').getByRole('button', { name: 'Get the folder photos' }).click();
    await eventually(async () => (await readdir(path.join(peer.data, 'downloads/photos'))).length === 3);
  });

  it('shows pictures, sound, film and text while they are still with others', async () => {
    await seed.client.limit({ body: { up: SLOW } });
    await dashboard.goTo('library?q=cat+film');
    const { page } = dashboard;
    const open = async (name: string, words = name) => {
      await search(page).fill(words);
      await row(page, name).click();
      await drawer(page).getByRole('heading', { name }).waitFor();
      await drawer(page).getByRole('button', { name: 'Preview' }).click();
    };
    await open('cat film.webm');
    await eventually(() => page.evaluate('document.querySelector("video")?.videoWidth > 0'));
    await dashboard.look('library-film');
    await open('cat song.wav');
    await eventually(() => page.evaluate('document.querySelector("audio")?.duration > 100'));
    // The end of what comes in a quarter of a minute otherwise.
    await page.evaluate(
      `{ const sound = document.querySelector('audio'); sound.muted = true; sound.currentTime = 100; void sound.play(); }`,
    );
    await eventually(() => page.evaluate('document.querySelector("audio").currentTime > 100.2'));
    await open('notes.txt');
    await drawer(page).getByText('A note about <b>cats</b>.').waitFor();
    await drawer(page).getByText('The first 262 kB of 500 kB').waitFor();
    await open('cat one.png');
    await eventually(() => page.evaluate('document.querySelector(".preview img")?.naturalWidth === 96'));
    assert.ok(!(await downloads()).includes('cat film.webm'), 'what is looked at is not kept');
    await seed.client.limit({ body: { up: null } });
  });

  it('shares what is dropped onto it, and says why something was not', async () => {
    await dashboard.goTo('library?q=brought');
    const { page } = dashboard;
    dashboard.expectComplaints(/409/);
    await page.getByText('No file bears these words').waitFor();
    const drop = async (name: string, text: string) => {
      const dataTransfer = await page.evaluateHandle(
        `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(text)}.repeat(100000)], ${JSON.stringify(name)})); return data; })()`,
      );
      await page.dispatchEvent('.library-bar', 'dragenter', { dataTransfer });
      await page.getByText('Drop files to share them').waitFor();
      await page.dispatchEvent('.library-bar', 'drop', { dataTransfer });
    };
    await drop('brought.txt', 'by hand\n');
    await row(page, 'brought.txt').getByText('Here').waitFor();
    assert.equal((await readFile(path.join(peer.data, 'downloads/brought.txt'))).byteLength, 800_000);
    await eventually(async () => {
      const { results } = await seed.client.find({ query: { words: 'brought' } });
      return results.length === 1;
    });
    await drop('brought.txt', 'something else\n');
    await page.getByText('brought.txt is in the downloads folder already').waitFor();
    await dashboard.look('library-dropped');
    await page.getByRole('button', { name: 'Dismiss brought.txt' }).last().click();
  });
});
