import type { Page } from 'playwright-core';
import { quantile } from '../numbers.ts';

export interface Frames {
  readonly perSecond: number;
  /** Milliseconds from one frame to the next: of 95 in 100 at most, and the longest. */
  readonly usual: number;
  readonly longest: number;
}

/** Frames that the page draws in some seconds while what `selector` names is scrolled, up and down; without one while nothing is. */
export async function framesOf(page: Page, seconds: number, selector?: string): Promise<Frames> {
  const gaps = (await page.evaluate(
    `(${IN_PAGE})(${JSON.stringify(selector ?? null)}, ${seconds * 1000})`,
  )) as number[];
  const all = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    perSecond: (1000 * gaps.length) / all,
    usual: quantile(gaps, 0.95),
    longest: Math.max(...gaps),
  };
}

/** 120 pixels a frame: some seven screens a second. */
const IN_PAGE = `async (selector, ms) => {
  const element = selector === null ? null : document.querySelector(selector);
  if (selector !== null && !element) throw new Error('there is no ' + selector);
  const gaps = [];
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
  return gaps;
}`;
