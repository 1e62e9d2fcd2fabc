import type { Page } from 'playwright-core';

export interface HeldAnswers {
  /** Resolves with the next answer when the peer has given it. */
  next(): Promise<HeldAnswer>;
  /** From now on they come at once; those that nobody took too. */
  end(): Promise<void>;
}

export interface HeldAnswer {
  /** Lets it through to the page. */
  arrive(): Promise<void>;
}

/** Answers to the page stand still until they are let through, as on a slow line. */
export async function heldAnswers(page: Page, url: string): Promise<HeldAnswers> {
  const given: HeldAnswer[] = [];
  const waiting: ((answer: HeldAnswer) => void)[] = [];
  let isHolding = true;
  await page.route(url, async (route) => {
    const response = await route.fetch();
    const answer = { arrive: () => route.fulfill({ response }) };
    const take = waiting.shift();
    if (take) take(answer);
    else if (isHolding) given.push(answer);
    else await answer.arrive();
  });
  return {
    next: async () => given.shift() ?? new Promise((resolve) => waiting.push(resolve)),
    async end() {
      isHolding = false;
      for (const answer of given.splice(0)) await answer.arrive();
    },
  };
}
