import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import type { LiveEvent } from '../../protocol/http/local/live-event.ts';
import { INDEX_KEY, mergeEvent, NETWORK_KEY } from './live.ts';

const TOLD: readonly [string, LiveEvent][] = [
  [INDEX_KEY, { event: 'index', entries: 1 }],
  [NETWORK_KEY, { event: 'network' }],
];

describe('what the stream tells of the index and the network', () => {
  for (const [key, event] of TOLD) {
    it(`asks again, also for a first answer that was on its way: ${event.event}`, async () => {
      const client = new QueryClient({
        defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } },
      });
      const answers: PromiseWithResolvers<string>[] = [];
      const asked = new EventTarget();
      const queryFn = () => {
        const answer = Promise.withResolvers<string>();
        answers.push(answer);
        asked.dispatchEvent(new Event('asked'));
        return answer.promise;
      };
      const nextAsked = () =>
        new Promise((resolve) => asked.addEventListener('asked', resolve, { once: true }));
      const observer = new QueryObserver(client, { queryKey: [key, 'something'], queryFn });
      const end = observer.subscribe(() => {});
      mergeEvent(client, event);
      assert.equal(answers.length, 1);
      const second = nextAsked();
      answers[0]!.resolve('of before');
      await second;
      const third = nextAsked();
      mergeEvent(client, event);
      await third;
      answers[2]!.resolve('of now');
      await client.getQueryCache().find({ queryKey: [key, 'something'] })!.promise;
      assert.equal(observer.getCurrentResult().data, 'of now');
      end();
      client.clear();
    });
  }
});
