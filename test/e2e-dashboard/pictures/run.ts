import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Cluster } from '../../harness/cluster.ts';
import { openDashboard, startBrowser } from '../support/browser.ts';
import { shownNetwork } from './shown-network.ts';
import { smallerPng } from './smaller-png.ts';

// Makes the pictures of the README anew, in both themes, from a network of five peers that really runs.

const IMAGES = path.resolve(import.meta.dirname, '../../../docs/images');
const SIZE = { width: 1120, height: 640 };
const MOST_BYTES = 150_000;

await using cluster = await Cluster.start();
const browser = await startBrowser();
await using things = new AsyncDisposableStack();
things.defer(() => browser.close());
const { peer, busy } = await shownNetwork(cluster);
const dashboard = things.use(await openDashboard(browser, peer));
const { page } = dashboard;
await page.setViewportSize(SIZE);

await dashboard.goTo('library?q=report');
await page.getByRole('row', { name: 'annual report 2024' }).click();
await page.getByRole('complementary').getByText('archive-nas').waitFor();
await picture('library');

await busy();
await dashboard.goTo('transfers');
await page.getByRole('row', { name: 'lab-desktop' }).click();
await page.getByRole('img', { name: /^Parts of .* on their way/ }).waitFor();
await picture('transfers');

async function picture(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const png = smallerPng(await page.screenshot());
    if (png.byteLength > MOST_BYTES) throw new Error(`${name} takes ${png.byteLength} bytes`);
    await writeFile(path.join(IMAGES, `dashboard-${name}-${colorScheme}.png`), png);
    process.stdout.write(`dashboard-${name}-${colorScheme}.png: ${png.byteLength} bytes\n`);
  }
}
