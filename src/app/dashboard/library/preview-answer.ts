import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import { linkedAbort } from '../../../core/linked-abort.ts';
import type { BytesAnswer, RequestContext } from '../../../network/http/handlers.ts';
import type { ContentReads } from '../../../transfer/preview/content-reads.ts';
import { outside, rangeOf } from '../../public/byte-range.ts';
import { isInline, mediaTypeOf } from '../../public/media-type.ts';
import type { Previewed } from './previews.ts';

/** One range of a content, or all of it, as its leaves come; 206, 200 or 416. What is asked for is fetched first. */
export async function answerPreview(
  { content, size: told, name }: Previewed,
  context: RequestContext,
  reads: ContentReads,
): Promise<BytesAnswer> {
  const ends = linkedAbort(context.signal);
  const read = await reads.open(content, told, ends.signal);
  const { size } = read;
  const over = () => {
    ends.abort(new Error('the preview has ended'));
    ends.release();
    void read.close();
  };
  const etag = `"${content}"`;
  const range = rangeOf(context, etag, size);
  if (range === 'outside') {
    over();
    return outside(context.headers.range, size);
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const length = end - start + 1;
  const answer = {
    status: range ? 206 : 200,
    headers: {
      etag,
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-length': length,
      'content-type': mediaTypeOf(name),
      'content-disposition': contentDisposition(name, { type: isInline(name) ? 'inline' : 'attachment' }),
      'content-security-policy': "sandbox; default-src 'none'",
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    },
  };
  if (context.method === 'HEAD' || length === 0) {
    over();
    return answer;
  }
  const body = Readable.from(read.bytes(start, length, ends.signal), { objectMode: false, highWaterMark: 1 });
  body.once('close', over);
  return { ...answer, body };
}
