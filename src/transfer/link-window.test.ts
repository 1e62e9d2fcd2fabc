import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { sampleContent } from '../../test/support/sample-content.ts';
import { ScriptedSource } from '../../test/support/scripted-source.ts';
import { LEAF_BYTES } from '../core/leaf-layout.ts';
import { type Asker, LinkWindow, LinkWindows } from './link-window.ts';

describe('the window of a link', () => {
  it('is one for all that ask over the link, and another for each link', () => {
    const windows = new LinkWindows(new ManualClock());
    const content = sampleContent(1);
    const [one, two] = [new ScriptedSource(1, content), new ScriptedSource(1, content)];
    assert.equal(windows.of(one), windows.of(one));
    assert.notEqual(windows.of(one), windows.of(two));
  });

  it('who finds no room is told when there is, in the order of asking, one request each', () => {
    const { window, asker, order } = make();
    const [a, b, c] = [asker('a', 10), asker('b', 10), asker('c', 10)];
    a.mayAsk();
    assert.deepEqual(order.splice(0), Array(8).fill('a'), 'alone it has the whole window');
    b.mayAsk();
    c.mayAsk();
    assert.deepEqual(order, []);
    for (let i = 0; i < 6; i += 1) window.released(LEAF_BYTES);
    assert.deepEqual(order, ['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('who has no use for its turn, or is gone, passes it on', () => {
    const { window, asker, order } = make();
    const [a, idle, gone, b] = [asker('a', 8), asker('idle', 1), asker('gone', 1), asker('b', 1)];
    for (const one of [a, idle, gone, b]) one.mayAsk();
    idle.wants = 0;
    window.leave(gone);
    order.length = 0;
    window.released(LEAF_BYTES);
    assert.deepEqual(order, ['b']);
  });

  it('counts bytes, so that short leaves take little room', () => {
    const { window } = make();
    const someone: Asker = { mayAsk() {} };
    for (let i = 0; i < 100; i += 1) {
      assert.ok(window.room(someone) > 0);
      window.asked(1000);
    }
    assert.equal(window.room(someone), 8);
  });

  it('says how long nothing came', () => {
    const { window, clock } = make();
    clock.advance(5000);
    assert.equal(window.quietMs(), 5000);
    window.heard(10);
    clock.advance(3000);
    assert.deepEqual([window.quietMs(), window.bytes], [3000, 10]);
  });
});

function make() {
  const clock = new ManualClock();
  const window = new LinkWindow(clock);
  const order: string[] = [];
  return {
    clock,
    window,
    order,
    /** Asks for so many leaves, one by one, as far as it may. */
    asker(name: string, wants: number) {
      const asker = {
        wants,
        mayAsk() {
          while (asker.wants > 0 && window.room(asker) > 0) {
            asker.wants -= 1;
            order.push(name);
            window.asked(LEAF_BYTES);
          }
        },
      };
      return asker;
    },
  };
}
