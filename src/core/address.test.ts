import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAddress, parseAddress } from './address.ts';
import { PeerdexError } from './errors.ts';

const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
const port = fc.integer({ min: 0, max: 65535 });

describe('addresses', () => {
  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(host, port, (name, number) => {
        const address = { host: name, port: number };
        assert.deepEqual(parseAddress(formatAddress(address)), address);
      }),
    );
  });

  it('may lack host or port where that has a meaning', () => {
    assert.deepEqual(parseAddress(':80'), { host: '', port: 80 });
    assert.deepEqual(parseAddress('80'), { host: '', port: 80 });
    assert.deepEqual(parseAddress('example.org', 10000), { host: 'example.org', port: 10000 });
    assert.deepEqual(parseAddress('[::]:80'), { host: '::', port: 80 });
    assert.deepEqual(parseAddress('[fe80::1%eth0]', 7), { host: 'fe80::1%eth0', port: 7 });
  });

  it('are refused otherwise, with a hint, and never with anything but a usage error', () => {
    for (const text of [
      '',
      'example.org',
      'a:70000',
      '::1',
      'a:b',
      'a b:1',
      'user@host:1',
      'http://a:1',
      '[::1:80',
      'a:1:2',
      '70000',
    ]) {
      assert.throws(() => parseAddress(text), { name: 'PeerdexError', code: 'usage' }, text);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          const { port: number } = parseAddress(text);
          assert.ok(number >= 0 && number <= 65535);
        } catch (error) {
          assert.ok(error instanceof PeerdexError && error.code === 'usage' && error.hint);
        }
      }),
    );
  });
});
