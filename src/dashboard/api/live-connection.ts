import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { api } from './client.ts';
import { askAgain, mergeEvent } from './live.ts';
import { sessionToken } from './session.ts';

export type Connection = 'connecting' | 'live' | 'lost';

/** The peer says at least every 15 s that it is there. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** A browser has six connections for one server: tabs that nobody sees give theirs back. */
const HIDDEN_MS = 30_000;

let connection: Connection = 'connecting';
const listeners = new Set<() => void>();

export const useConnection = (): Connection =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );

/** Keeps the one stream of events open while somebody is signed in and the page is seen. */
export function useLiveConnection(): void {
  const client = useQueryClient();
  useEffect(() => {
    let current: AbortController | undefined;
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      current ??= new AbortController();
      void keepOpen(client, current.signal);
    };
    const close = () => {
      current?.abort();
      current = undefined;
    };
    const onVisibility = () => {
      clearTimeout(hiding);
      if (document.hidden) hiding = setTimeout(close, HIDDEN_MS);
      else if (!current) open();
    };
    document.addEventListener('visibilitychange', onVisibility);
    open();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      clearTimeout(hiding);
      close();
    };
  }, [client]);
}

async function keepOpen(client: QueryClient, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted && sessionToken()) {
    const once = new AbortController();
    const end = () => once.abort();
    signal.addEventListener('abort', end);
    let silence = setTimeout(end, SILENCE_MS);
    try {
      for await (const event of api.events({}, { signal: once.signal })) {
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MS);
        mergeEvent(client, event);
        if (event.event === 'hello') {
          say('live');
          wait = FIRST_WAIT_MS;
          // What was asked while nobody listened may be old.
          void askAgain(client, { predicate: ({ queryKey }) => queryKey[0] !== 'live' });
        }
      }
    } catch {
      // Whatever it was, the page says that it is not live, and tries again.
    }
    clearTimeout(silence);
    signal.removeEventListener('abort', end);
    if (signal.aborted) return;
    say('lost');
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  }
}

function say(now: Connection): void {
  if (now === connection) return;
  connection = now;
  for (const listener of listeners) listener();
}
