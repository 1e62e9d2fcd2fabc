import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROGRAM } from '../harness/program.ts';

/** Makes `folder/peerdex`, which is this program without a record of coverage, and gives the PATH by which a shell finds it. */
export async function programInPath(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'peerdex');
  const script = `#!/bin/sh\nunset NODE_V8_COVERAGE\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return `${folder}:${process.env.PATH}`;
}
