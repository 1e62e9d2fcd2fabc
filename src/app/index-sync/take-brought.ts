import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { KeptPages } from '../../index/kept-pages.ts';
import type { LogRequest } from '../../index/serve-log.ts';
import { runSteps } from '../steps.ts';
import type { Followed } from './followed.ts';
import type { FetchedPage } from './pull-log.ts';

export interface TakeOptions {
  readonly kept: KeptPages | undefined;
  /** Milliseconds that the owner still is to be left alone. */
  readonly restMs: number;
  readonly onPage: () => void;
  /** The page is refused. */
  readonly onRefused: (error: PeerdexError) => void;
}

/** Records in a page that is brought: a request has less room than an answer. */
export const BROUGHT_RECORDS = 500;

/** Takes a page that its owner brings; undefined when that was the last, else what to bring next. Throws `conflict` while others have the turn. */
export async function takeBrought(
  followed: Followed,
  fetched: FetchedPage | undefined,
  { kept, restMs, onPage, onRefused }: TakeOptions,
): Promise<LogRequest | undefined> {
  const { follower } = followed;
  if (followed.state !== 'idle' || restMs > 0)
    throw new PeerdexError('conflict', 'this log is followed already, or was refused', { retry: true });
  if (!fetched) return follower.request(BROUGHT_RECORDS);
  const { page, signed } = fetched;
  followed.state = 'pulling';
  const taking = runSteps(follower.accept(follower.request(BROUGHT_RECORDS), page, STEP_RECORDS));
  followed.pull = taking.then(
    () => {},
    () => {},
  );
  try {
    const more = await taking;
    if (signed) kept?.keep(page, signed);
    onPage();
    return more ? follower.request(BROUGHT_RECORDS) : undefined;
  } catch (cause) {
    const error = asPeerdexError(cause);
    if (error.code === 'verification' || error.code === 'limit') onRefused(error);
    throw error;
  } finally {
    followed.state = 'idle';
  }
}

const STEP_RECORDS = 100;
