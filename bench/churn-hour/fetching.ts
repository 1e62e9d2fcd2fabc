import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Random, randomInt } from '../../src/core/random.ts';
import type { LocalApi } from './local-api.ts';
import type { Tally } from './tally.ts';

/** Longer than any file here takes whose holders stay; a job whose holder went away is cancelled then. */
const PATIENCE_MS = 20_000;

export interface FetchOptions {
  readonly api: LocalApi;
  /** Where files go; they are removed in the end. */
  readonly folder: string;
  readonly random: Random;
  readonly tally: Tally;
}

/** Looks for a file of somebody else by name and fetches it; every fourth time it is given up, or paused first, on the way. */
export async function fetchSomething({ api, folder, random, tally }: FetchOptions): Promise<void> {
  const words = `file-${randomInt(random, 60)}`;
  const { results } = await api.find({ query: { words, limit: 5 } });
  tally.add('searches');
  const found = results.filter(({ holders }) => holders.every(({ self }) => !self));
  if (found.length === 0) return;
  const { content } = found[randomInt(random, found.length)]!;
  const output = path.join(folder, `${content.slice(0, 16)}.bin`);
  const giveUp = random.next() < 0.25;
  let job: string | undefined;
  const late = setTimeout(() => void (job && cancel(api, job)), PATIENCE_MS);
  try {
    for await (const event of api.get({ body: { what: [content], output, overwrite: true } })) {
      if (event.event === 'job') job = event.job;
      if (event.event === 'job' && giveUp) {
        if (random.next() < 0.5) await api.pause({ params: { job: event.job } }).catch(() => {});
        await cancel(api, event.job);
      }
      if (event.event === 'done') tally.add('downloads');
      if (event.event === 'failed') {
        tally.add('downloads that failed');
        // Else it would be kept for a week, with what it has, to go on with.
        if (event.job) await cancel(api, event.job);
      }
      if (event.event === 'state' && event.state === 'cancelled') tally.add('downloads cancelled');
    }
  } finally {
    clearTimeout(late);
    await rm(output, { force: true });
  }
}

/** One that ended meanwhile cannot be cancelled. */
async function cancel(api: LocalApi, job: string): Promise<void> {
  await api.cancel({ params: { job } }).catch(() => {});
}
