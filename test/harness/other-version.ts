import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { type TempFolder, tempFolder } from './temp-folder.ts';

const ROOT = path.dirname(path.dirname(import.meta.dirname));

export interface OtherVersion extends AsyncDisposable {
  /** Its entry, for what takes `program`. */
  readonly program: string;
  readonly version: string;
  readonly protocol: number;
}

/** This very program as a release that speaks the next version of the protocol, and differs in nothing else. */
export async function nextProtocol(): Promise<OtherVersion> {
  const version = '0.99.0';
  const protocol = PROTOCOL_VERSION + 1;
  const folder: TempFolder = await tempFolder();
  for (const name of ['bin', 'src', 'package.json'])
    await cp(path.join(ROOT, name), folder.join(name), { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), folder.join('node_modules'));
  await replace(folder.join('package.json'), /"version": "[^"]*"/, `"version": "${version}"`);
  await replace(
    folder.join('src/protocol/version.ts'),
    /PROTOCOL_VERSION = \d+/,
    `PROTOCOL_VERSION = ${protocol}`,
  );
  return {
    ...{ program: folder.join('bin/peerdex.js'), version, protocol },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function replace(file: string, what: RegExp, by: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!what.test(text)) throw new Error(`${file} has no ${what}`);
  await writeFile(file, text.replace(what, by));
}
