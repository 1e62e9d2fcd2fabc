import type { ServerResponse } from 'node:http';
import type { WireRecord } from '../../src/protocol/http/peer/operations.ts';

export const CONTENT = 'ab'.repeat(32);

/** A page that never ends. */
export function pourPage(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const junk = `{"records":[${'0,'.repeat(1 << 19)}`;
  const pour = () => {
    while (!response.destroyed && response.write(junk));
  };
  response.on('drain', pour);
  pour();
}

/** A live file, as a log tells it. */
export const fileRecord = (seq: number, path: string, more: Partial<WireRecord> = {}): WireRecord => ({
  ...{ seq, path, kind: 'file' as const, size: 4, mtime: '1700000000000000000', executable: false },
  ...{ content: CONTENT, flag: 1 as const, ...more },
});

/** Pages that no log has, by what is false in them; each says so with its owner's right signature. */
export const FALSE_PAGES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'of somebody else': { owner: '0'.repeat(32) },
  'out of order': {
    last: 9,
    records: [fileRecord(5, 'share/forged1.txt'), fileRecord(4, 'share/forged2.txt')],
  },
  'beyond the last': { last: 1, records: [fileRecord(7, 'share/forged3.txt')] },
  'a name of 10 MB': { records: [fileRecord(1, `share/forged${'x'.repeat(10_000_000)}`)] },
  'too many': {
    last: 3000,
    records: Array.from({ length: 3000 }, (_, i) => fileRecord(i + 1, `s/forged${i}`)),
  },
  'a billion entries, of which none comes': { last: 1e9, records: [], more: true },
};
