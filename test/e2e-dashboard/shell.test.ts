import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { signInLink } from '../harness/sign-in-link.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { dashboardUrl, peerWithDashboard, startBrowser } from './support/browser.ts';
import { DashboardPage } from './support/dashboard-page.ts';

describe('signing in, and what stands around every page', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let browser: Browser;
  let peer: ClusterPeer;

  before(async () => {
    const cluster = things.use(await Cluster.start());
    peer = await peerWithDashboard(cluster, 'lab-7');
    browser = await startBrowser();
    things.defer(() => browser.close());
  });
  after(() => things.disposeAsync());

  it('tells who is not signed in how to', async () => {
    await using dashboard = await DashboardPage.open(browser, dashboardUrl(peer));
    await dashboard.page.getByRole('heading', { name: 'Sign in to peerdex' }).waitFor();
    await dashboard.look('sign-in');
  });

  it('takes a link once, keeps it out of the address, gives the session to further tabs, and keeps the theme', async () => {
    const link = await signInLink(peer);
    await using first = await DashboardPage.open(browser, link);
    const { page } = first;
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.waitFor();
    assert.equal(page.url(), dashboardUrl(peer));
    assert.deepEqual(await page.context().cookies(), []);
    await page.reload();
    await pages.waitFor();

    // Who goes by keyboard gets past the navigation.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    await keepsTheme(page);

    const tab = await page.context().newPage();
    await tab.goto(dashboardUrl(peer));
    await tab.getByRole('navigation', { name: 'Pages' }).waitFor();

    await using second = await DashboardPage.open(browser, link);
    second.expectComplaints(/401/);
    await second.page.getByText('this link has been used or has ended').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to peerdex' }).waitFor();
    await tab.getByRole('heading', { name: 'Sign in to peerdex' }).waitFor();
  });
});

async function keepsTheme(page: Page): Promise<void> {
  const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  await page.getByRole('button', { name: 'Theme: system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  assert.equal(await ground(), dark);
}
