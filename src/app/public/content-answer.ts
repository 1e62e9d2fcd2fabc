import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import { PeerdexError } from '../../core/errors.ts';
import { baseName } from '../../core/index-path.ts';
import type { ContentFiles, OpenContent } from '../../core/ports/content-file.ts';
import type { LocalContents, LocalFile } from '../../core/ports/local-contents.ts';
import type { RateLimiter } from '../../core/rate-limiter.ts';
import type { RateMeter } from '../../core/rate-meter.ts';
import type { BytesAnswer, RequestContext } from '../../network/http/handlers.ts';
import { PROBLEM_TYPE, problemOf } from '../../network/http/problem.ts';
import { type AnswerSlots, PIECE_BYTES } from './answer-slots.ts';
import { outside, rangeOf } from './byte-range.ts';
import { isInline, mediaTypeOf } from './media-type.ts';

/** After which to try again when there is no place. */
const RETRY_SECONDS = 5;

export interface ContentAnswers {
  readonly contents: LocalContents;
  readonly files: ContentFiles;
  readonly limiter: RateLimiter;
  readonly meter: RateMeter;
  /** Bounds the answers that are on their way. */
  readonly slots: AnswerSlots;
}

/**
 * The bytes of a file as HTTP gives them (RFC 9110): 200, 206 for one range, 304 where the caller has it, 416 for a range outside,
 * 503 where too many are being read already. Throws `conflict` when the file has changed. A content id is its own ETag: it never names
 * other bytes. `modified`: nanoseconds since 1970, when it is not to be the opened file's.
 */
export async function answerContent(
  places: readonly LocalFile[],
  name: string,
  context: RequestContext,
  answers: ContentAnswers,
  modified?: bigint,
): Promise<BytesAnswer> {
  const { file, open } = await openFirst(places, answers);
  const etag = `"${file.content}"`;
  const time = wholeSeconds(modified ?? file.mtime);
  const headers = {
    etag,
    'last-modified': new Date(time).toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': mediaTypeOf(name),
    'content-disposition': contentDisposition(baseName(name), {
      type: isInline(name) ? 'inline' : 'attachment',
    }),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  };
  try {
    if (isKnown(context.headers, etag, time)) {
      await open.close();
      return { status: 304, headers };
    }
    const range = rangeOf(context, etag, file.size);
    if (range === 'outside') {
      await open.close();
      return outside(context.headers.range, file.size);
    }
    const { start, end } = range ?? { start: 0, end: file.size - 1 };
    const length = end - start + 1;
    const span: Record<string, string> = range
      ? { 'content-range': `bytes ${start}-${end}/${file.size}` }
      : {};
    const answer: BytesAnswer = {
      status: range ? 206 : 200,
      headers: { ...headers, 'content-length': length, ...span },
    };
    if (context.method === 'HEAD' || length === 0) {
      await open.close();
      return answer;
    }
    const release = answers.slots.take();
    if (!release) {
      await open.close();
      return busy();
    }
    const chunks = read(open, file, { start, length }, context.signal, answers);
    const body = Readable.from(chunks, { objectMode: false });
    // Not the reader's own duty: who goes away at once ends it before it has begun.
    body.once('close', () => {
      release();
      void open.close().catch(() => {});
    });
    return { ...answer, body };
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function openFirst(
  places: readonly LocalFile[],
  { files, contents }: ContentAnswers,
): Promise<{ file: LocalFile; open: OpenContent }> {
  let problem: unknown = new PeerdexError('not-found', 'no such content is shared here');
  for (const file of places) {
    try {
      return { file, open: await files.open(file) };
    } catch (error) {
      problem = error;
      contents.suspect(file);
    }
  }
  throw problem;
}

/** RFC 9110, 13.2.2: a date counts only where no ETag is given. `time`: milliseconds since 1970. */
function isKnown(headers: RequestContext['headers'], etag: string, time: number): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return noneMatch(tags, etag);
  return time <= Date.parse(headers['if-modified-since'] ?? '');
}

/** Milliseconds since 1970, without the part of a second that HTTP cannot say. */
const wholeSeconds = (nanoseconds: bigint): number =>
  Math.floor(Number(nanoseconds / 1_000_000n) / 1000) * 1000;

function busy(): BytesAnswer {
  const problem = problemOf(
    new PeerdexError('unavailable', 'too many contents are being read here already', { retry: true }),
  );
  return {
    status: problem.status,
    headers: { 'content-type': PROBLEM_TYPE, 'retry-after': RETRY_SECONDS },
    body: Buffer.from(JSON.stringify(problem)),
  };
}

function noneMatch(header: string, etag: string): boolean {
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');
}

async function* read(
  open: OpenContent,
  file: LocalFile,
  { start, length }: { readonly start: number; readonly length: number },
  signal: AbortSignal,
  { limiter, meter, contents }: ContentAnswers,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < start + length; ) {
    const chunk = Buffer.allocUnsafe(Math.min(PIECE_BYTES, limiter.piece, start + length - at));
    await limiter.take(chunk.byteLength, signal);
    try {
      await open.read([chunk], at);
    } catch (error) {
      contents.suspect(file);
      throw error;
    }
    at += chunk.byteLength;
    meter.add(chunk.byteLength);
    yield chunk;
  }
}
