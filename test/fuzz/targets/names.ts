import assert from 'node:assert/strict';
import path from 'node:path';
import { create as contentDisposition } from 'content-disposition';
import { pathSegment } from '../../../src/app/public/link-urls.ts';
import { mediaTypeOf } from '../../../src/app/public/media-type.ts';
import { formatAddress, parseAddress } from '../../../src/core/address.ts';
import { fromHex, isContentId, isPeerId, toHex } from '../../../src/core/ids.ts';
import { baseName, checkIndexPath, foldName, pathProblem } from '../../../src/core/index-path.ts';
import { cleanName, handOutName, MAX_NAME_LENGTH } from '../../../src/registry/names.ts';
import { texts } from '../corpus.ts';
import { mutatedText } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { target } from '../target.ts';

/** An address that is read can be written and read again. */
export const addresses = target<string>({ name: 'addresses', parses: ['core/address.ts'] }, () => {
  const check = (text: string): boolean => {
    const address = orRefused(['usage'], () => parseAddress(text));
    if (!address) return false;
    assert.ok(Number.isInteger(address.port) && address.port >= 0 && address.port <= 65535);
    assert.doesNotMatch(address.host, /[\s/@?#[\]]/);
    assert.deepEqual(parseAddress(formatAddress(address)), address);
    return true;
  };
  return { inputs: mutatedText(texts('addresses'), ['[', ']', ':', '%', '::1', '1']), check };
});

/** A path that is taken stays below where it is put, and can be said in a header, on every system. */
export const indexPaths = target<string>(
  {
    name: 'index-paths',
    parses: ['core/index-path.ts', 'app/public/media-type.ts', 'app/public/link-urls.ts'],
  },
  () => {
    const check = (text: string): boolean => {
      const checked = orRefused(['forbidden'], () => checkIndexPath(text));
      assert.equal(checked === undefined, pathProblem(text) !== undefined);
      if (checked === undefined) return false;
      assert.equal(checked, text);
      assert.equal(path.posix.join('/to/here', checked), `/to/here/${checked}`);
      assert.doesNotMatch(checked, /\p{Cc}/u);
      assert.equal(Buffer.from(checked).toString(), checked, 'it is what UTF-8 makes of it');
      foldName(checked);
      assert.equal(decodeURIComponent(pathSegment(baseName(checked))), baseName(checked));
      assert.match(
        `${mediaTypeOf(checked)} ${contentDisposition(baseName(checked))}`,
        /^[\x20-\x7e\x80-\xff]*$/,
      );
      return true;
    };
    return {
      inputs: mutatedText(texts('index-paths'), ['/', './', '.peerdex-', '.html', 'x'.repeat(250)]),
      check,
    };
  },
);

/** Whatever a peer calls itself, it is handed a name that is plain, short and not shaped like an id. */
export const peerNames = target<string>({ name: 'peer-names', parses: ['registry/names.ts'] }, () => {
  const samples = [
    'anna',
    'Zoë’s laptop',
    'a b',
    'x'.repeat(64),
    '0123456789abcdef'.repeat(2),
    'a:b/c,d*',
    '👩‍💻',
  ];
  const check = (text: string): boolean => {
    const name = cleanName(text);
    assert.equal(cleanName(name), name, 'a clean name is left as it is');
    assert.ok(name.length >= 1 && name.length <= MAX_NAME_LENGTH);
    assert.doesNotMatch(name, /[\p{Cc}\p{Cf}\p{Surrogate}:/\\,*]/u);
    assert.ok(!isPeerId(name.toLowerCase()));
    const second = handOutName(text, 'me', (held) => (held === name ? 'other' : undefined));
    assert.ok(second.length <= MAX_NAME_LENGTH && second !== name);
    return name === text;
  };
  return { inputs: mutatedText(samples), check };
});

/** What passes for an id is one, and has one spelling. */
export const ids = target<string>({ name: 'ids', parses: ['core/ids.ts'] }, () => {
  const samples = ['0123456789abcdef'.repeat(2), '0123456789abcdef'.repeat(4), 'ABCDEF', ''];
  const check = (text: string): boolean => {
    const bytes = orRefused(['usage'], () => fromHex(text));
    const isId = isPeerId(text) || isContentId(text);
    if (isId) assert.equal(bytes && toHex(bytes), text);
    if (bytes) assert.equal(toHex(bytes), text.toLowerCase());
    return isId;
  };
  return { inputs: mutatedText(samples, ['0', 'f', '\n']), check };
});
