import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Makes `files` files of `bytes` bytes each, 100 to a folder, all of them different and none of them new. */
export function makeTree(root: string, files: number, bytes: number): void {
  const content = Buffer.alloc(Math.max(bytes, 8));
  for (let n = 0; n < files; n += 1) {
    const folder = path.join(root, String(Math.floor(n / 1000)), `folder-${Math.floor(n / 100)}`);
    if (n % 100 === 0) mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `file-number-${n % 100}.dat`);
    content.writeUInt32LE(n);
    writeFileSync(file, content.subarray(0, bytes));
    utimesSync(file, 1.6e9, 1.6e9 + n / 1000);
  }
}
