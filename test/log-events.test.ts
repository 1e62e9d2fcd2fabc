import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { describe, it } from 'node:test';

const LEVELS = 'info|warn|error';
/** A call that writes a line, up to the end of its statement. */
const CALL = new RegExp(String.raw`\blog\??(?:\.(${LEVELS})|\[say\])\(`, 'gi');

describe('log events', () => {
  it('those that are documented, named by the type, and used are the same', async () => {
    const documented = eventsIn(
      readFileSync('docs/logs.md', 'utf8'),
      /^\| `([a-z-]+)` \| (?:both|peer|registry) \|/gm,
    );
    const typed = eventsIn(readFileSync('src/core/ports/log-event.ts', 'utf8'), /^ {2}\| '([a-z-]+)'/gm);
    assert.deepEqual(documented, typed);
    const source = (await sources()).map(({ text }) => text).join('\n');
    const used = typed.filter(
      (event) => source.includes(`event: '${event}'`) || (/^peer-/.test(event) && isLeaseEvent(event)),
    );
    assert.deepEqual(used, typed);
  });

  it('every line from info up has one', async () => {
    for (const { file, text } of await sources()) {
      for (const { index } of text.matchAll(CALL)) {
        const call = text.slice(index, endOfCall(text, text.indexOf('(', index)));
        const hasEvent = /event: ['`]/.test(call) || LEASE_FIELDS.test(call);
        assert.ok(hasEvent, `${file} writes a line without an event: ${call}`);
      }
    }
  });
});

/** Lines about leases share their fields: app/registry-log.ts. */
const LEASE_FIELDS = /, (?:holds|peer)\)$/;
const isLeaseEvent = (event: string): boolean =>
  readFileSync('src/app/registry-log.ts', 'utf8').includes(`case '${event.replace('peer-', '')}'`);

async function sources(): Promise<{ file: string; text: string }[]> {
  const files: { file: string; text: string }[] = [];
  for await (const file of glob('src/**/*.ts')) {
    if (file.endsWith('.test.ts') || file === 'src/app/log.ts') continue;
    files.push({ file, text: readFileSync(file, 'utf8') });
  }
  assert.ok(files.length > 300);
  return files;
}

const eventsIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name]) => name!).sort();

/** Where the bracket that opens at `from` closes; a bracket in a text does not come alone. */
function endOfCall(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
