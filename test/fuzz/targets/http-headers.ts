import assert from 'node:assert/strict';
import { once } from 'node:events';
import { validateHeaderValue } from 'node:http';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AnswerSlots } from '../../../src/app/public/answer-slots.ts';
import { answerContent, type ContentAnswers } from '../../../src/app/public/content-answer.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { MemoryBudget } from '../../../src/core/memory-budget.ts';
import type { LocalFile } from '../../../src/core/ports/local-contents.ts';
import { RateLimiter } from '../../../src/core/rate-limiter.ts';
import { RateMeter } from '../../../src/core/rate-meter.ts';
import { makeGuard } from '../../../src/network/http/guard.ts';
import { seededBytes } from '../../harness/files.ts';
import { mutatedText } from '../mutate.ts';
import { orRefused } from '../refusal.ts';
import { requestContext } from '../request-context.ts';
import { target } from '../target.ts';

const TOKEN = 'ab'.repeat(32);

/** Host, Origin and Authorization, a line each: nobody comes in under a name that is not this server's. */
export const httpGuard = target<string>({ name: 'http-guard', parses: ['network/http/guard.ts'] }, () => {
  const guard = makeGuard({ allowedHosts: () => ['files.example', 'Other.'], token: TOKEN });
  const hosts = [
    '127.0.0.1:80',
    '[::1]:8080',
    'localhost',
    'FILES.example.:1',
    '[fe80::1%eth0]:1',
    'evil.example',
  ];
  const samples = hosts.flatMap((host) => [
    `${host}\n\nBearer ${TOKEN}`,
    `${host}\nhttp://${host.toLowerCase()}\nBearer ${TOKEN}`,
    `${host}\nhttps://evil.example\nBearer ${TOKEN}`,
  ]);
  const check = (text: string): boolean => {
    const [host, origin, authorization] = text.split('\n');
    const headers = { host, ...(origin && { origin }), authorization };
    const passed = orRefused(['forbidden', 'unauthorized'], () => [guard(headers)]);
    if (!passed) return false;
    const name = host!
      .toLowerCase()
      .replace(/:\d*$/, '')
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '');
    assert.ok(isIP(name) !== 0 || ['localhost', 'files.example', 'other'].includes(name), String(host));
    assert.equal(authorization, `Bearer ${TOKEN}`);
    const own = host!.toLowerCase();
    if (origin) assert.ok([`http://${own}`, `https://${own}`].includes(origin.toLowerCase()), origin);
    return true;
  };
  return { inputs: mutatedText(samples, [':', ']', '[', '@', '.', 'localhost', '127.0.0.1', 'null']), check };
});

const SIZE = 1000;
const BYTES = seededBytes(SIZE);
const FILE: LocalFile = {
  content: 'ab'.repeat(32),
  root: '/',
  relative: 'a.png',
  size: SIZE,
  mtime: 1_700_000_000_123_456_789n,
  device: 1n,
  inode: 1n,
};
const ETAG = `"${FILE.content}"`;
const DATE = new Date(1_700_000_000_000).toUTCString();

/** Range and conditions, a line each: what is given lies in the content, is what it says, and its memory comes back. */
export const contentRequests = target<string>(
  { name: 'content-requests', parses: ['app/public/content-answer.ts'] },
  () => {
    const budget = new MemoryBudget(2 ** 20);
    const answers: ContentAnswers = {
      contents: { locate: () => [FILE], recordWritten() {}, suspect() {} },
      files: {
        open: async () => ({
          size: SIZE,
          read: async ([into], offset) => into!.set(BYTES.subarray(offset, offset + into!.byteLength)),
          close: async () => {},
        }),
      },
      limiter: new RateLimiter(systemClock),
      meter: new RateMeter(systemClock),
      slots: new AnswerSlots(budget),
    };
    const ranges = [
      'bytes=0-9',
      'bytes=990-',
      'bytes=-5',
      'bytes=-5000',
      'bytes=5-1',
      'bytes=0-1,5-9',
      'bytes=1000-',
      '',
    ];
    const samples = ranges.flatMap((range) => [
      `GET\n${range}`,
      `HEAD\n${range}`,
      `GET\n${range}\n${ETAG}`,
      `GET\n${range}\n"other"`,
      `GET\n${range}\n\n"other", W/${ETAG}`,
      `GET\n${range}\n\n\n${DATE}`,
    ]);
    const check = async (text: string): Promise<boolean> => {
      const [method = '', range, ifRange, ifNone, ifModified] = text.split('\n');
      const headers = {
        ...(range && { range }),
        ...(ifRange && { 'if-range': ifRange }),
        ...(ifNone && { 'if-none-match': ifNone }),
        ...(ifModified && { 'if-modified-since': ifModified }),
      };
      const { context, end } = requestContext(headers, method);
      const answer = await answerContent([FILE], 'a.png', context, answers);
      for (const [name, value] of Object.entries(answer.headers)) validateHeaderValue(name, String(value));
      const got = answer.body instanceof Readable ? await buffer(answer.body) : answer.body;
      if (answer.body instanceof Readable && !answer.body.closed) await once(answer.body, 'close');
      end();
      assert.equal(budget.used, 0);
      assertAnswer(
        answer.status,
        String(answer.headers['content-range']),
        method === 'HEAD' ? undefined : got,
      );
      return answer.status === 206;
    };
    return { inputs: mutatedText(samples, ['-', ',', 'bytes=', '*', 'W/', ETAG, DATE, '0', '999']), check };
  },
);

function assertAnswer(status: number, range: string, got: Uint8Array | undefined): void {
  if (status === 416) return assert.equal(range, `bytes */${SIZE}`);
  if (status === 304) return assert.equal(got, undefined);
  if (status === 200) return got && assert.ok(Buffer.compare(got, BYTES) === 0);
  assert.equal(status, 206);
  const [, start, end] = /^bytes (\d+)-(\d+)\/1000$/.exec(range)!.map(Number);
  assert.ok(start! <= end! && end! < SIZE, range);
  if (got) assert.ok(Buffer.compare(got, BYTES.subarray(start, end! + 1)) === 0, range);
}
