import { deflateSync, inflateSync } from 'node:zlib';
import { pngChunk } from '../../../src/cli/daemons/png.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** The same picture in fewer bytes: its rows deflated as hard as can be, without what is not drawn (PNG, W3C). */
export function smallerPng(png: Buffer): Buffer {
  const chunks = [...chunksOf(png)];
  const rows = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const packed = [6, 8, 9].flatMap((level) =>
    [0, 1].map((strategy) => deflateSync(rows, { level, memLevel: 9, strategy })),
  );
  const data = packed.toSorted((a, b) => a.byteLength - b.byteLength)[0]!;
  const head = chunks.find(({ type }) => type === 'IHDR')!;
  const last = pngChunk('IEND', Buffer.alloc(0));
  return Buffer.concat([SIGNATURE, pngChunk('IHDR', head.data), pngChunk('IDAT', data), last]);
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function* chunksOf(png: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE.byteLength; at < png.byteLength; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}
