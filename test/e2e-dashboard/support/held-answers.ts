import type { Page, Route } from 'playwright-core';

export interface HeldAnswers {
  /** Lets the request through that came first and waits, or the next one that comes. */
  next(): Promise<void>;
  /** From now on nothing is held. */
  end(): Promise<void>;
}

/** Requests of the page wait until they are let through: what comes of a slow answer. */
export async function heldAnswers(page: Page, url: string): Promise<HeldAnswers> {
  const waiting: Route[] = [];
  const asked: ((route: Route) => void)[] = [];
  await page.route(url, (route) => {
    const take = asked.shift();
    if (take) take(route);
    else waiting.push(route);
  });
  return {
    async next() {
      const route = waiting.shift() ?? (await new Promise<Route>((resolve) => asked.push(resolve)));
      await route.continue();
    },
    end: () => page.unroute(url),
  };
}
