import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameProblem } from '../core/index-path.ts';
import { cleanName, handOutName, MAX_NAME_LENGTH } from './names.ts';

test('names are cleaned', () => {
  assert.equal(cleanName('  lab\u0000 7\n '), 'lab 7');
  assert.equal(cleanName('a:b/c\\d,e*f'), 'a-b-c-d-e-f');
  assert.equal(cleanName('e\u0301\u202e'), 'é');
  assert.equal(cleanName(' \u0007 '), 'peer');
  assert.equal(cleanName('3fa2'.repeat(8)), 'peer-3fa23fa2');
});

test('whatever is asked for, what is handed out is a plain name within its bound that nobody else holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(30), (wanted, others) => {
      const taken = new Map<string, string>();
      for (let n = 0; n <= others; n += 1) {
        const name = handOutName(wanted, `peer ${n}`, (one) => taken.get(one));
        assert.ok(!taken.has(name));
        assert.ok(name.length >= 1 && name.length <= MAX_NAME_LENGTH);
        const problem = nameProblem(name);
        assert.ok(problem === undefined || name.startsWith('.'), `${JSON.stringify(name)}: ${problem}`);
        taken.set(name, `peer ${n}`);
      }
    }),
  );
});
