import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { parseJoinLink } from '../../src/core/join-link.ts';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { openDashboard, peerWithDashboard, startBrowser } from './support/browser.ts';
import type { DashboardPage } from './support/dashboard-page.ts';

describe('the page of the registry', { skip: skipWithout('chromium') }, () => {
  const things = new AsyncDisposableStack();
  let cluster: Cluster;
  let browser: Browser;
  /** In the registry's process; by a link of role admin; by the registry's own link. */
  let here: ClusterPeer;
  let admin: ClusterPeer;
  let member: ClusterPeer;
  const pages: { here?: DashboardPage; admin?: DashboardPage } = {};

  before(async () => {
    cluster = things.use(await Cluster.start());
    const { link } = await cluster.registry.care.invite({ role: 'admin' });
    here = await peerWithDashboard(cluster, 'here', { registry: cluster.registry.care });
    admin = await peerWithDashboard(cluster, 'admin', { join: parseJoinLink(link) });
    member = await peerWithDashboard(cluster, 'member');
    browser = await startBrowser();
    things.defer(() => browser.close());
    pages.here = things.use(await openDashboard(browser, here));
    pages.admin = things.use(await openDashboard(browser, admin));
  });
  afterEach(() => {
    for (const page of Object.values(pages)) page.checkQuiet();
  });
  after(() => things.disposeAsync());

  for (const who of ['here', 'admin'] as const) {
    it(`shows leases, who comes and goes as it happens, and revokes: ${who}`, async () => {
      const dashboard = pages[who]!;
      await dashboard.goTo('registry');
      const { page } = dashboard;
      await page.getByText(who === 'here' ? 'runs in this process' : /answers in \d+ ms/).waitFor();
      const table = page.getByRole('grid', { name: 'Peers of the registry' });
      await table.getByRole('row', { name: 'member' }).getByText(/left$/).waitFor();

      const name = `guest-of-${who}`;
      const guest = await cluster.peer(name, { passing: false });
      await table.getByRole('row', { name }).getByText('active').waitFor();
      const { link } = await (who === 'here' ? cluster.registry.care : careOf(admin)).invite({});
      await cluster.peer(`to-revoke-${who}`, { join: parseJoinLink(link) });
      await table.getByRole('row', { name: `to-revoke-${who}` }).click();
      if (who === 'here') await dashboard.look('registry');
      await page.getByRole('button', { name: 'Revoke…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('It is out at once').waitFor();
      await dialog.getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('no member any more', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Close' }).click();

      await page.getByRole('button', { name: 'Joins and leaves' }).click();
      const comings = page.getByRole('list', { name: 'Joins and leaves' });
      await comings.getByRole('listitem').filter({ hasText: name }).first().waitFor();
      await guest.client.leave();
      await comings
        .getByRole('listitem')
        .filter({ hasText: who === 'here' ? `${name} left` : `${name} went` })
        .waitFor();
      if (who === 'here') await dashboard.look('registry-comings');
    });

    it(`makes invites, lists and withdraws them: ${who}`, async () => {
      const dashboard = pages[who]!;
      await dashboard.goTo('registry/invites');
      const { page } = dashboard;
      await page.getByLabel('It may').selectOption('fetch');
      await page.getByLabel('Admits').selectOption('one machine');
      await page.getByRole('button', { name: 'Make a join link' }).click();
      const link = await page.getByLabel('Join link', { exact: true }).inputValue();
      const row = page.getByRole('listitem').filter({ hasText: 'used 0 of 1' }).first();
      await row.getByText('fetch').waitFor();
      if (who === 'here') await dashboard.look('registry-invites');
      await row.getByRole('button', { name: 'Withdraw…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
      await page.getByText('This link admits nobody more').waitFor();
      await page
        .getByRole('listitem')
        .filter({ hasText: 'used 0 of 1' })
        .getByText('withdrawn')
        .first()
        .waitFor();
      await assert.rejects(cluster.peer(`late-${who}`, { join: parseJoinLink(link) }), /was withdrawn/);
    });
  }

  it('lets a plain member look, and says what is missing', async () => {
    await using dashboard = await openDashboard(browser, member, 'registry');
    const { page } = dashboard;
    await page.getByText('this peer is of role publish').waitFor();
    await page
      .getByRole('grid', { name: 'Peers of the registry' })
      .getByRole('row', { name: /^admin/ })
      .click();
    await page.getByRole('complementary').getByText('Lease until').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Revoke…' }).count(), 0);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Invites' }).click();
    await page.getByText('This peer may look, and not invite').waitFor();
    await dashboard.look('registry-member');
  });

  it('says that the registry does not answer', async () => {
    await using other = await Cluster.start();
    const peer = await peerWithDashboard(other, 'alone');
    await other.registry.close();
    await using dashboard = await openDashboard(browser, peer, 'registry');
    dashboard.expectComplaints(/503/);
    await dashboard.page.getByText('does not answer', { exact: true }).waitFor();
    await dashboard.page.getByRole('alert').waitFor();
    await dashboard.look('registry-away');
  });
});

const careOf = ({ client }: ClusterPeer) => ({
  invite: (body: { readonly role?: 'fetch' | 'publish' | 'admin' }) => client.invite({ body }),
});
