import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SourcePlaces } from './source-places.ts';

describe('places by source', () => {
  it('are for so many of all and so many of one', () => {
    const places = new SourcePlaces(3, 2);
    const first = places.take('a');
    assert.ok(first && places.take('a'));
    assert.equal(places.take('a'), undefined);
    assert.ok(places.take('b'));
    assert.equal(places.take('c'), undefined);
    first();
    first();
    assert.equal(places.taken('a'), 1, 'given back once, however often it is said');
    assert.ok(places.take('c'));
    assert.equal(places.take('a'), undefined);
  });

  it('are as many as a list of who has one would say', () => {
    const step = fc.record({ source: fc.constantFrom('a', 'b', 'c'), back: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const places = new SourcePlaces(5, 3);
        const held: { source: string; giveBack: () => void }[] = [];
        for (const { source, back } of steps) {
          const of = (name: string) => held.filter((one) => one.source === name).length;
          if (back) {
            const at = held.findIndex((one) => one.source === source);
            if (at >= 0) held.splice(at, 1)[0]!.giveBack();
          } else {
            const giveBack = places.take(source);
            assert.equal(giveBack !== undefined, held.length < 5 && of(source) < 3);
            if (giveBack) held.push({ source, giveBack });
          }
          for (const name of ['a', 'b', 'c']) assert.equal(places.taken(name), of(name));
        }
      }),
    );
  });
});
