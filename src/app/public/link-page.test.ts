import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asText, folderEnd, folderHead, folderRow, PAGE_HEADERS, refusalPage } from './link-page.ts';
import { curlLine, linkUrl, pathSegment } from './link-urls.ts';

const file = (name: string) => ({ name, kind: 'file' as const, size: 1, modified: null, content: null });
/** Every tag that a row may have. */
const TAGS = /<\/?(?:li|a|bdi|span)(?: href="[\w./%~-]*")?>/g;

describe('the page of a linked folder', () => {
  it('holds names as text, whatever they are', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        'javascript:alert(1)',
        '\u001b]0;title\u0007',
        '\u202egpj.exe',
        '&lt;b&gt;',
        '</title></style></bdi>',
        '..',
        'x'.repeat(4096),
      ),
    );
    fc.assert(
      fc.property(hostile, (some) => {
        const name = some.toWellFormed();
        const row = folderRow(file(name));
        const text = row.replace(TAGS, '');
        assert.doesNotMatch(text, /[<>"']/);
        assert.match(row, /^<li><a href="\.\/[\w.%~-]*"><bdi>/);
        assert.doesNotMatch(row.trimEnd(), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        assert.doesNotMatch(asText(name), /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        const page = folderHead(name, true) + row + folderEnd(1);
        assert.equal(page.match(/<(?:script|img|iframe|link|form|base)/i), null);
        assert.equal(decodeURIComponent(pathSegment(name)), name);
      }),
    );
  });

  it('shows sizes, folders with a slash, the way up where there is one, and emptiness', () => {
    assert.match(folderRow({ ...file('a'), size: 1_500_000 }), /<span>1\.5 MB<\/span>/);
    assert.match(folderRow({ ...file('a'), size: 0 }), /<span>0 B<\/span>/);
    assert.match(folderRow({ ...file('sub'), kind: 'folder' }), /href="\.\/sub\/"><bdi>sub\/</);
    assert.match(folderHead('x', false), /href="\.\.\/"/);
    assert.doesNotMatch(folderHead('x', true), /href/);
    assert.match(folderEnd(0), /Nothing lies here/);
  });

  it('has the one style that its policy allows, and no script', () => {
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(refusalPage('this link has ended', '<b>'))!;
    const hash = createHash('sha256').update(style!).digest('base64');
    const policy = PAGE_HEADERS['content-security-policy']!;
    assert.match(policy, /^default-src 'none';/);
    assert.ok(policy.includes(`style-src 'sha256-${hash}'`));
    assert.doesNotMatch(policy, /script-src|unsafe/);
  });
});

describe('the URL of a link', () => {
  it('can be quoted in a shell, whatever the name', () => {
    const base = { origin: 'https://[::1]:8443', selfSigned: true };
    const url = linkUrl(base, 'TOKEN', { kind: 'file', path: 'share/it\'s $(rm) `x`; "é".txt' });
    assert.equal(url, 'https://[::1]:8443/l/TOKEN/it%27s%20%24%28rm%29%20%60x%60%3B%20%22%C3%A9%22.txt');
    assert.equal(curlLine(url, 'file', 'sha256//AAA='), `curl --pinnedpubkey 'sha256//AAA=' -k -O '${url}'`);
    assert.equal(linkUrl(base, 'T', { kind: 'folder', path: 'share/x' }), 'https://[::1]:8443/l/T/');
    assert.equal(
      curlLine('http://a/', 'folder', undefined),
      "curl -H 'Accept: application/json' 'http://a/'",
    );
  });
});
