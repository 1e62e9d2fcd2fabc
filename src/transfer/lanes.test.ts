import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { settle } from '../../test/support/settle.ts';
import { Lanes } from './lanes.ts';

const forever = new AbortController().signal;

describe('lanes', () => {
  it('let in so many at a time, the others in the order in which they came', async () => {
    const lanes = new Lanes(2);
    const entered: number[] = [];
    for (let n = 0; n < 5; n += 1) void lanes.enter(forever).then(() => entered.push(n));
    await settle();
    assert.deepEqual(entered, [0, 1]);
    lanes.leave();
    await settle();
    assert.deepEqual(entered, [0, 1, 2]);
    lanes.leave();
    lanes.leave();
    await settle();
    assert.deepEqual(entered, [0, 1, 2, 3, 4]);
  });

  it('who gives up leaves the queue, and nobody loses a turn', async () => {
    const lanes = new Lanes(1);
    await lanes.enter(forever);
    const impatient = new AbortController();
    const waiting = lanes.enter(impatient.signal);
    const after = lanes.enter(forever);
    impatient.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    lanes.leave();
    await after;
    lanes.leave();
    await lanes.enter(forever);
    await assert.rejects(lanes.enter(AbortSignal.abort(new Error('before'))), /before/);
  });

  it('an abort after the turn came changes nothing', async () => {
    const lanes = new Lanes(1);
    await lanes.enter(forever);
    const late = new AbortController();
    const waiting = lanes.enter(late.signal);
    lanes.leave();
    late.abort();
    await waiting;
    lanes.leave();
    await lanes.enter(forever);
  });

  it('never two of one key together, different keys side by side, without a key at once', async () => {
    const lanes = new Lanes(8);
    const running = new Map<string, number>();
    let together = 0;
    const gates: (() => void)[] = [];
    const work = (key: string) => async () => {
      running.set(key, (running.get(key) ?? 0) + 1);
      assert.equal(running.get(key), 1, key);
      together = Math.max(together, [...running.values()].filter((n) => n > 0).length);
      await new Promise<void>((resolve) => gates.push(resolve));
      running.set(key, 0);
    };
    const all = ['a', 'b', 'a', 'a', 'b'].map((key) => lanes.alone(key, forever, work(key)));
    await settle();
    assert.equal(gates.length, 2);
    assert.equal(together, 2);
    while (gates.length > 0) {
      gates.shift()!();
      await settle();
    }
    await Promise.all(all);
    assert.equal(await lanes.alone(undefined, forever, async () => 5), 5);
  });

  it('a work that fails makes room for the next, and who gives up waits no longer', async () => {
    const lanes = new Lanes(1);
    const gate = Promise.withResolvers<void>();
    const failing = lanes.alone('a', forever, () => gate.promise);
    const impatient = new AbortController();
    const leaving = lanes.alone('a', impatient.signal, async () => assert.fail('it had given up'));
    const next = lanes.alone('a', forever, async () => 'next');
    impatient.abort(new Error('enough'));
    await assert.rejects(leaving, /enough/);
    gate.reject(new Error('broke'));
    await assert.rejects(failing, /broke/);
    assert.equal(await next, 'next');
  });

  it('whatever comes, never more than there are lanes and none is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('enter', 'leave', 'abort'), { maxLength: 60 }),
        async (width, steps) => {
          const lanes = new Lanes(width);
          let inside = 0;
          const waiting: AbortController[] = [];
          for (const step of steps) {
            if (step === 'enter') {
              const abort = new AbortController();
              waiting.push(abort);
              void lanes.enter(abort.signal).then(
                () => {
                  inside += 1;
                  waiting.splice(waiting.indexOf(abort), 1);
                },
                () => waiting.splice(waiting.indexOf(abort), 1),
              );
            } else if (step === 'leave' && inside > 0) {
              inside -= 1;
              lanes.leave();
            } else if (step === 'abort') waiting.at(-1)?.abort();
            await Promise.resolve();
            await Promise.resolve();
            await Promise.resolve();
            assert.ok(inside <= width);
            assert.ok(waiting.length === 0 || inside === width, 'nobody waits beside a free lane');
          }
        },
      ),
    );
  });
});
