import os, { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { describeMachine } from '../machine.ts';
import { median, quantile } from '../numbers.ts';
import { type Crowd, crowdedNetwork } from './crowded-network.ts';
import { type FramesOfRounds, framesOf } from './frames.ts';
import { asTheDaemonAnswers, asThePageGetsIt, search } from './keystrokes.ts';
import { showPlainPage } from './plain-page.ts';

/**
 * `npm run bench:dashboard [-- --entries N] [--peers N] [--jobs N] [--seconds N] [--rounds N]`: the dashboard of a real daemon in
 * Chromium, with 1,000,000 entries, 5,000 active peers and 200 jobs: how long a search takes at each keystroke, and how many frames a
 * second each page draws while it is scrolled.
 */
const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    peers: { type: 'string', default: '5000' },
    jobs: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
});
const crowd: Crowd = {
  entries: Number(values.entries),
  peers: Number(values.peers),
  jobs: Number(values.jobs),
};
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
if (!(crowd.entries >= 10_000 && crowd.peers > 0 && crowd.jobs > 0 && seconds > 0 && rounds > 0)) {
  process.stderr.write(
    '--entries wants a number from 10000, --peers, --jobs, --seconds and --rounds one above 0\n',
  );
  process.exit(2);
}
const began = describeMachine(tmpdir());
const waits: string[] = [];
const views: string[] = [];

await using network = await crowdedNetwork(crowd);
const { peer, client } = network;
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const loads = [os.loadavg()[0]!];
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const scroll = async (what: string, selector?: string) => {
    tellFrames(what, await framesOf(page, { rounds, seconds, ...(selector ? { selector } : {}) }));
  };
  const goTo = (route: string) => page.evaluate(`location.hash = ${JSON.stringify(`#/${route}`)}`);

  await showPlainPage(page, 2000);
  await scroll('a plain page, to compare with', '.table');
  const { url } = await peer.ask<{ url: string }>(['open', '--print']);
  const opened = performance.now();
  await page.goto(url);
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await page.getByRole('grid').or(page.getByRole('searchbox')).first().waitFor();
  const first = performance.now() - opened;

  await goTo('transfers');
  await page.getByRole('grid', { name: 'Transfers' }).waitFor();
  tellTimes('find, as the daemon answers', await asTheDaemonAnswers(client));
  await scroll(`transfers: ${crowd.jobs}`, '.table');
  await goTo('peers');
  await page.getByText('host-00000').waitFor();
  await scroll(`peers: ${crowd.peers}`, '.table');
  await goTo('peers?view=picture');
  await page.locator('.network-peer').first().waitFor();
  await scroll('the picture of the network, still');
  await goTo('library');
  tellTimes('find, as the page gets it', await asThePageGetsIt(page));
  tellTimes('from the link to the first page', [first]);
  await search(page, 'holiday');
  await scroll('library: what a search found', '.table');
} finally {
  loads.push(os.loadavg()[0]!);
  await browser.close();
}
report();

function tellFrames(
  what: string,
  { perSecond, best, usual, longest, cost, script, layout, longTasks }: FramesOfRounds,
): void {
  const figures = [
    `${perSecond.toFixed(1)} (${best.toFixed(1)})`,
    `${usual.toFixed(0)}, ${longest.toFixed(0)} ms`,
    `${cost.toFixed(1)} = ${script.toFixed(1)} + ${layout.toFixed(1)} + ${(cost - script - layout).toFixed(1)} ms`,
    longTasks,
  ];
  tell(views, `| ${what} | ${figures.join(' | ')} |`);
}

function tellTimes(what: string, times: readonly number[]): void {
  const quantiles = [median(times), quantile(times, 0.95), Math.max(...times)];
  tell(waits, `| ${what} | ${times.length} | ${quantiles.map((ms) => ms.toFixed(0)).join(' | ')} |`);
}

function tell(lines: string[], line: string): void {
  lines.push(line);
  process.stderr.write(`${line}\n`);
}

function report(): void {
  const { cpu, cores, kernel, node, date } = began;
  process.stdout.write(`${date}: ${cpu}, ${cores} cores, a load of ${loads.map((load) => load.toFixed(0)).join(' to ')}, ${kernel}, Node ${node};
${crowd.entries} entries, ${crowd.peers} active peers, ${crowd.jobs} jobs.

|  | frames a second, median of ${rounds} (best) | between two frames: 95 of 100, longest | processor time a frame = scripts + styles and places + the rest | tasks of 50 ms |
| --- | ---: | ---: | ---: | ---: |
${views.join('\n')}

| ms | count | p50 | p95 | max |
| --- | ---: | ---: | ---: | ---: |
${waits.join('\n')}

- Frames: calls of requestAnimationFrame in ${seconds} s while the table is scrolled by 120 px in each, ${rounds} times; all other columns are medians of those.
- Processor time: of the page's main thread, by its own clock (Performance.getMetrics, threadTicks), so it does not count what others took.
- Tasks of 50 ms: those of the main thread that took as long or longer by the clock on the wall, in ${seconds} s.
- find, as the daemon answers: each prefix of six names, one after the other on the daemon's socket, 100 results, with a page open that listens to events.
- find, as the page gets it: the same names typed at 8 letters a second, from the request to the last byte; those that the next letter cancelled are not counted.
`);
}
