import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { SourceBytes } from './source-bytes.ts';

it('bytes are held as a list of who has some would say', () => {
  const source = fc.constantFrom('a', 'b', 'c');
  const step = fc.record({ source, bytes: fc.integer({ min: 1, max: 40 }), back: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const bytes = new SourceBytes(100, 60);
      const list: { source: string; bytes: number }[] = [];
      const sum = (of: readonly { bytes: number }[]) => of.reduce((all, one) => all + one.bytes, 0);
      const heldBy = (name: string) => sum(list.filter((one) => one.source === name));
      for (const one of steps) {
        if (one.back) {
          const at = list.findIndex(({ source }) => source === one.source);
          if (at < 0) continue;
          bytes.giveBack(one.source, list.splice(at, 1)[0]!.bytes);
        } else {
          const fits = sum(list) + one.bytes <= 100 && heldBy(one.source) + one.bytes <= 60;
          assert.equal(bytes.take(one.source, one.bytes), fits);
          if (fits) list.push(one);
        }
        for (const name of ['a', 'b', 'c']) assert.equal(bytes.held(name), heldBy(name));
      }
    }),
  );
});
