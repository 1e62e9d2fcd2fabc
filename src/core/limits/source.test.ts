import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sourceOf } from './source.ts';

describe('whom an address stands for', () => {
  for (const [address, source] of [
    ['192.168.1.5', '192.168.1.5'],
    ['::ffff:192.168.1.5', '192.168.1.5'],
    ['::ffff:c0a8:105', '192.168.1.5'],
    ['0:0:0:0:0:FFFF:192.168.1.5', '192.168.1.5'],
    ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::2:0:0:0:1', '2001:db8:0:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['', ''],
    ['?', '?'],
    ['1:2:3', '1:2:3'],
    ['1::2::3', '1::2::3'],
    ['1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8:9'],
    ['1:2:3:4:5:6:7:gggg', '1:2:3:4:5:6:7:gggg'],
  ] as const) {
    it(`${address || 'nothing'} for ${source || 'nothing'}`, () => assert.equal(sourceOf(address), source));
  }

  it('is the same for all of one network of 64 bits and another for its neighbour', () => {
    const v6 = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const written = (groups: readonly number[]) => {
      const text = groups.map((group) => group.toString(16)).join(':');
      return text.replace(/(^|:)0(:0)+(:|$)/, '::');
    };
    fc.assert(
      fc.property(v6, v6, (one, other) => {
        const own = [...one.slice(0, 4), ...other.slice(4)];
        const isMapped = [one, own].some((groups) => written(groups).startsWith('::ffff:'));
        fc.pre(!isMapped);
        assert.ok(isIPv6(written(one)));
        assert.equal(sourceOf(written(own)), sourceOf(written(one)));
        const neighbour = [...one.slice(0, 3), one[3]! ^ 1, ...one.slice(4)];
        assert.notEqual(sourceOf(written(neighbour)), sourceOf(written(one)));
      }),
    );
  });
});
