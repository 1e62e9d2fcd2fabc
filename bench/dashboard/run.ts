import os, { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { describeMachine } from '../machine.ts';
import { median, quantile } from '../numbers.ts';
import { type Crowd, crowdedNetwork } from './crowded-network.ts';
import { type Frames, framesOf } from './frames.ts';

/**
 * `npm run bench:dashboard [-- --entries N] [--peers N] [--jobs N] [--seconds N]`: the dashboard of a real daemon in Chromium, with
 * 1,000,000 entries, 5,000 active peers and 200 jobs: how long a search takes at each keystroke, and how many frames a second each page
 * draws while it is scrolled.
 */
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    peers: { type: 'string', default: '5000' },
    jobs: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '5' },
  },
});
const crowd: Crowd = {
  entries: Number(values.entries),
  peers: Number(values.peers),
  jobs: Number(values.jobs),
};
const seconds = Number(values.seconds);
if (!(crowd.entries >= 10_000 && crowd.peers > 0 && crowd.jobs > 0 && seconds > 0)) {
  process.stderr.write('--entries wants a number from 10000, --peers, --jobs and --seconds one above 0\n');
  process.exit(2);
}
/** As somebody types them. */
const TYPED = ['holiday', 'IMG_20', 'garden concert', 'München', '報告書', 'parser test'];
const lines: [string, string][] = [];
const say = (what: string, figure: string): void => {
  lines.push([what, figure]);
  process.stderr.write(`${what}: ${figure}\n`);
};

await using network = await crowdedNetwork(crowd);
const { peer, client } = network;
say('entries, peers, jobs', `${crowd.entries}, ${crowd.peers}, ${crowd.jobs}`);
say('find for each keystroke, as the daemon answers', quantiles(await keystrokes()));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const { url } = await peer.ask<{ url: string }>(['open', '--print']);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  sayFrames('an empty page, to compare with', await framesOf(page, seconds));
  const began = performance.now();
  await page.goto(url);
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await page.getByRole('grid').or(page.getByRole('searchbox')).first().waitFor();
  say('from the link to the first page', `${Math.round(performance.now() - began)} ms`);
  const goTo = (route: string) => page.evaluate(`location.hash = ${JSON.stringify(`#/${route}`)}`);

  await goTo('transfers');
  await page.getByRole('grid', { name: 'Transfers' }).waitFor();
  sayFrames(`${crowd.jobs} transfers, scrolled`, await framesOf(page, seconds, '.table'));
  await goTo('peers');
  await page.getByText('host-00000').waitFor();
  sayFrames(`${crowd.peers} peers, scrolled`, await framesOf(page, seconds, '.table'));
  await goTo('peers?view=picture');
  await page.locator('.network-peer').first().waitFor();
  sayFrames('the picture of the network', await framesOf(page, seconds));

  await goTo('library');
  const field = page.locator('[data-search]');
  await field.fill('');
  await page.evaluate('performance.clearResourceTimings()');
  await field.pressSequentially('holiday', { delay: 100 });
  await page
    .getByRole('row', { name: /holiday/i })
    .first()
    .waitFor();
  say('find for each keystroke, as the page gets it', quantiles(await findsOf()));
  sayFrames('results of a search, scrolled', await framesOf(page, seconds, '.table'));

  async function findsOf(): Promise<number[]> {
    return (await page.evaluate(
      `performance.getEntriesByType('resource').filter(({ name, responseStatus }) => name.includes('/v1/find') && responseStatus === 200).map(({ duration }) => duration)`,
    )) as number[];
  }
} finally {
  await browser.close();
}
report();

/** Milliseconds of each search, one after the other, as a page that waits for each would ask. */
async function keystrokes(): Promise<number[]> {
  const times: number[] = [];
  for (const typed of TYPED) {
    const letters = [...typed];
    for (let count = 1; count <= letters.length; count += 1) {
      const words = letters.slice(0, count).join('');
      const from = performance.now();
      await client.find({ query: { words, limit: 50 } });
      times.push(performance.now() - from);
    }
  }
  return times;
}

function sayFrames(what: string, { perSecond, usual, longest }: Frames): void {
  say(
    what,
    `${perSecond.toFixed(1)} frames a second; 95 of 100 within ${usual.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`,
  );
}

function quantiles(times: readonly number[]): string {
  const [p50, p95, max] = [median(times), quantile(times, 0.95), Math.max(...times)];
  return `p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, max ${max.toFixed(1)} ms (${times.length})`;
}

function report(): void {
  const { cpu, cores, kernel, node, date } = describeMachine(tmpdir());
  const load = os.loadavg()[0]!.toFixed(0);
  process.stdout.write(
    `${date}: ${cpu}, ${cores} cores, load ${load}, ${kernel}, Node ${node}.\n\n| | |\n| --- | ---: |\n`,
  );
  for (const [what, figure] of lines) process.stdout.write(`| ${what} | ${figure} |\n`);
}
