import parseRange from 'range-parser';
import { PeerdexError } from '../../core/errors.ts';
import type { BytesAnswer, RequestContext } from '../../network/http/handlers.ts';
import { PROBLEM_TYPE, problemOf } from '../../network/http/problem.ts';

/** Only GET knows ranges, and only one is given; who asks for several gets the whole, as RFC 9110 allows. */
export function rangeOf(
  { headers, method }: RequestContext,
  etag: string,
  size: number,
): { readonly start: number; readonly end: number } | 'outside' | undefined {
  const condition = headers['if-range'];
  if (method !== 'GET' || headers.range === undefined) return undefined;
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = parseRange(size, wholeForLongSuffix(headers.range, size));
  if (ranges === -1) return 'outside';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

/** A suffix that is longer than the content is all of it (RFC 9110, 14.1.2), which the parser takes for one outside. */
function wholeForLongSuffix(range: string, size: number): string {
  const suffix = /^bytes=-(\d+)$/.exec(range);
  return suffix && size > 0 && Number(suffix[1]) > size ? 'bytes=0-' : range;
}

/** A problem like any other, with the one header more that tells how much there is. */
export function outside(range: string | undefined, size: number): BytesAnswer {
  const problem = problemOf(
    new PeerdexError('range', `the range ${range} lies outside the content's ${size} bytes`),
  );
  return {
    status: problem.status,
    headers: { 'content-type': PROBLEM_TYPE, 'content-range': `bytes */${size}` },
    body: Buffer.from(JSON.stringify(problem)),
  };
}
