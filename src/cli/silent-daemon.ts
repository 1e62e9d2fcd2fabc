import { PeerdexError } from '../core/errors.ts';
import { createTrustingClient } from '../network/http/client.ts';
import type { Operation } from '../protocol/http/operation.ts';
import type { Output } from './output/output.ts';
import type { Reached } from './reach-daemon.ts';

/** Most commands are over before anybody is asked. */
const FIRST_MS = 2000;
const EVERY_MS = 5000;
/** After so long without an answer somebody wonders, and nobody waits any longer. */
const WONDER_MS = 2000;
const PATIENCE_MS = 7000;

/** Nothing is there: whoever says so is alive, however long it works on what it was asked. */
const calls = { isAlive: { method: 'GET', path: '/v1/alive', kind: 'json' } } as const;

/**
 * Asks a daemon now and then whether it is alive, for as long as this process lives. One that answers nothing, as a stopped or hanging
 * one, is told of, and after a while the signal is aborted with an error of code `unavailable`. Work of a daemon may take for ever, an
 * answer may not.
 */
export function endOfSilence({ way, token, pid }: Reached, name: string, output: Output): AbortSignal {
  const who = pid === undefined ? name : `${name} (process ${pid})`;
  const over = new AbortController();
  const client = createTrustingClient<{ isAlive: Operation }>(calls, { ...way, token });
  const ask = async () => {
    const wonder = setTimeout(() => output.note(`${who} does not answer; waiting for it`), WONDER_MS);
    const end = setTimeout(() => over.abort(silent(who, pid)), PATIENCE_MS);
    await client.isAlive({}, { timeoutMs: PATIENCE_MS }).catch(() => {});
    clearTimeout(wonder);
    clearTimeout(end);
    setTimeout(ask, EVERY_MS).unref();
  };
  setTimeout(ask, FIRST_MS).unref();
  return over.signal;
}

const silent = (who: string, pid: number | undefined): PeerdexError =>
  new PeerdexError('unavailable', `${who} does not answer`, {
    hint: `it was stopped or it hangs${pid === undefined ? '' : `: \`kill -CONT ${pid}\` lets a stopped one go on, \`kill -KILL ${pid}\` ends it`}`,
  });
