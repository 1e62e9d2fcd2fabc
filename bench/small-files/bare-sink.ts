import {
  closeSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { blake3 } from '../../src/core/digest.ts';

/** The receiving half of the bare pair: hashes and writes, with the same calls as peerdex, what a bare source has in a folder. */
const [port, folder = '', out = ''] = process.argv.slice(2);
let files: readonly (readonly [name: string, size: number])[] | undefined;
let head = Buffer.alloc(0);
/** Of the file that has come in part. */
const partial = Buffer.allocUnsafeSlow(1024 * 1024);
let has = 0;
let next = 0;

const socket = connect({
  ...{ host: '127.0.0.1', port: Number(port) },
  onread: {
    buffer: Buffer.allocUnsafeSlow(1024 * 1024),
    callback: (bytes, buffer) => took(Buffer.from(buffer.buffer, 0, bytes)),
  },
});
socket.write(folder);
socket.on('end', () => {
  process.exitCode = files && next === files.length ? 0 : 1;
});

function took(bytes: Buffer): boolean {
  if (files) return take(bytes);
  head = Buffer.concat([head, bytes]);
  const end = head.indexOf('\n');
  if (end < 0) return true;
  files = JSON.parse(head.toString('utf8', 0, end));
  for (const parent of new Set(files!.map(([name]) => path.dirname(name)))) mkdirSync(path.join(out, parent));
  return take(head.subarray(end + 1));
}

function take(bytes: Buffer): true {
  for (let at = 0; at < bytes.byteLength; ) {
    const [name, size] = files![next]!;
    const wanted = Math.min(size - has, bytes.byteLength - at);
    if (wanted === size) write(name, bytes.subarray(at, at + size));
    else {
      bytes.copy(partial, has, at, at + wanted);
      has += wanted;
      if (has === size) write(name, partial.subarray(0, size));
    }
    at += wanted;
  }
  return true;
}

function write(name: string, bytes: Buffer): void {
  has = 0;
  next += 1;
  blake3(bytes);
  const part = path.join(out, path.dirname(name), `.${next}.part`);
  const fd = openSync(part, 'wx');
  writeSync(fd, bytes);
  futimesSync(fd, 1e9, 1e9);
  fsyncSync(fd);
  linkSync(part, path.join(out, name));
  unlinkSync(part);
  fstatSync(fd);
  closeSync(fd);
}
