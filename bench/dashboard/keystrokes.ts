import type { Page } from 'playwright-core';
import type { LocalClient } from '../index/daemon.ts';

/** As somebody types them. */
const TYPED = ['holiday', 'IMG_20', 'garden concert', 'München', '報告書', 'parser test'];
/** Eight letters a second. */
const APART_MS = 120;
/** As a page asks: no others are asked besides, see `use-rows.ts`. */
const PAGE = { limit: 100, offset: 0 };

/** Milliseconds of each search, one after the other, on the daemon's socket. */
export async function asTheDaemonAnswers(client: LocalClient): Promise<number[]> {
  const times: number[] = [];
  for (const typed of TYPED) {
    const letters = [...typed];
    for (let count = 1; count <= letters.length; count += 1) {
      const words = letters.slice(0, count).join('');
      const from = performance.now();
      await client.find({ query: { words, ...PAGE } });
      times.push(performance.now() - from);
    }
  }
  return times;
}

/** Milliseconds of each search that the page waited for while somebody typed, without those that the next letter cancelled. */
export async function asThePageGetsIt(page: Page): Promise<number[]> {
  const field = page.locator('[data-search]');
  await page.evaluate('performance.setResourceTimingBufferSize(1000); performance.clearResourceTimings()');
  for (const typed of TYPED) {
    await field.fill('');
    const answered = page.waitForResponse((response) => wordsOf(response.url()) === typed);
    await field.pressSequentially(typed, { delay: APART_MS });
    await (await answered).finished();
  }
  return (await page.evaluate(
    `performance.getEntriesByType('resource')
      .filter(({ name, responseStatus }) => name.includes('/v1/find') && responseStatus === 200)
      .map(({ duration }) => duration)`,
  )) as number[];
}

/** Types one word, and waits for what it finds. */
export async function search(page: Page, words: string): Promise<void> {
  const field = page.locator('[data-search]');
  await field.fill('');
  await field.pressSequentially(words, { delay: APART_MS });
  const row = page.getByRole('grid', { name: 'Results' }).getByRole('row', { name: new RegExp(words, 'i') });
  await row.first().waitFor();
}

const wordsOf = (url: string): string | null => new URL(url).searchParams.get('words');
