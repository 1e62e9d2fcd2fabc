import { type Browser, chromium } from 'playwright-core';
import type { RunningPeer } from '../../../src/app/config.ts';
import type { Cluster, ClusterPeer } from '../../harness/cluster.ts';
import { signInLink } from '../../harness/sign-in-link.ts';
import { builtDashboard } from './built-dashboard.ts';
import { DashboardPage } from './dashboard-page.ts';

export const WIDE = { width: 1280, height: 800 };
const CHROMIUM = '/usr/bin/chromium';

/** One Chromium for a test file; start it in `before`, for it takes a second. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A peer of the cluster with a dashboard at a free port of 127.0.0.1. */
export async function peerWithDashboard(
  cluster: Cluster,
  name: string,
  config: Parameters<Cluster['peer']>[1] = {},
): Promise<ClusterPeer> {
  const dashboard = { listen: { host: '127.0.0.1', port: 0 }, files: await builtDashboard() };
  return cluster.peer(name, { dashboard, ...config });
}

/** A browser of its own (no storage shared), signed in to the peer's dashboard at the page `route`, such as `transfers`. */
export async function openDashboard(
  browser: Browser,
  peer: Pick<ClusterPeer, 'local'>,
  route = '',
): Promise<DashboardPage> {
  const opened = await DashboardPage.open(browser, await signInLink(peer), WIDE);
  await opened.page.getByRole('navigation', { name: 'Pages' }).waitFor();
  if (route !== '') await opened.goTo(route);
  return opened;
}

/** The address without a code: what somebody who is not signed in opens. */
export const dashboardUrl = ({ running }: { readonly running: RunningPeer }): string =>
  running.ready.dashboard!;
