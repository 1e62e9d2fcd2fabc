import type { CDPSession, Page } from 'playwright-core';
import { median, quantile } from '../numbers.ts';

/** One stretch of scrolling. Times are milliseconds. */
export interface Frames {
  readonly perSecond: number;
  /** From one frame to the next: of 95 in 100 at most, and the longest. */
  readonly usual: number;
  readonly longest: number;
  /** Processor time of the page's main thread for each frame, whatever else the machine did. */
  readonly cost: number;
  /** Of that, scripts; and finding styles and places. */
  readonly script: number;
  readonly layout: number;
  /** Tasks of the main thread that took 50 ms or more by the clock. */
  readonly longTasks: number;
}

/** Several stretches: the median of each figure, and the most frames a second among them. */
export interface FramesOfRounds extends Frames {
  readonly best: number;
}

export async function framesOf(
  page: Page,
  { rounds, seconds, selector }: { rounds: number; seconds: number; selector?: string },
): Promise<FramesOfRounds> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const all: Frames[] = [];
  while (all.length < rounds) all.push(await oneRound(page, session, seconds, selector));
  await session.detach();
  const of = (figure: keyof Frames) => median(all.map((frames) => frames[figure]));
  return {
    perSecond: of('perSecond'),
    best: Math.max(...all.map(({ perSecond }) => perSecond)),
    usual: of('usual'),
    longest: of('longest'),
    cost: of('cost'),
    script: of('script'),
    layout: of('layout'),
    longTasks: of('longTasks'),
  };
}

async function oneRound(
  page: Page,
  session: CDPSession,
  seconds: number,
  selector: string | undefined,
): Promise<Frames> {
  const before = await spent(session);
  const { gaps, longTasks } = (await page.evaluate(
    `(${IN_PAGE})(${JSON.stringify(selector ?? null)}, ${seconds * 1000})`,
  )) as { gaps: number[]; longTasks: number };
  const after = await spent(session);
  const each = (name: string) => (1000 * (after.get(name)! - before.get(name)!)) / gaps.length;
  return {
    perSecond: (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0),
    usual: quantile(gaps, 0.95),
    longest: Math.max(...gaps),
    cost: each('TaskDuration'),
    script: each('ScriptDuration'),
    layout: each('RecalcStyleDuration') + each('LayoutDuration'),
    longTasks,
  };
}

/** Seconds of processor time of the main thread so far, by what for. */
async function spent(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** 120 pixels a frame, up and down: some seven screens a second. Without a selector nothing is scrolled. */
const IN_PAGE = `async (selector, ms) => {
  const element = selector === null ? null : document.querySelector(selector);
  if (selector !== null && !element) throw new Error('there is no ' + selector);
  const gaps = [];
  let longTasks = 0;
  const observer = new PerformanceObserver((list) => { longTasks += list.getEntries().length; });
  observer.observe({ type: 'longtask' });
  let last;
  let step = 120;
  const end = performance.now() + ms;
  await new Promise((resolve) => {
    const frame = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      if (element) {
        element.scrollTop += step;
        const bottom = element.scrollHeight - element.clientHeight;
        if (element.scrollTop >= bottom - 1) step = -120;
        if (element.scrollTop <= 0) step = 120;
      }
      if (performance.now() < end) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
  observer.disconnect();
  return { gaps, longTasks };
}`;
