import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CORPUS = join(import.meta.dirname, 'corpus');

/**
 * The inputs that are kept for a target: each file of `corpus/NAME/` as bytes, and what `corpus/NAME.json` lists, which for a target that
 * takes bytes are texts with a character for each byte.
 */
export function corpusOf(name: string, takesBytes: boolean): readonly unknown[] {
  return [...bytesOf(name), ...listedIn(name, takesBytes)];
}

/** Texts that are kept, for targets that change them further. */
export const texts = (name: string): readonly string[] => listedIn(name, false) as readonly string[];

/** Bytes that are kept, in the same way. */
export const bytes = (name: string): readonly Uint8Array[] => corpusOf(name, true) as readonly Uint8Array[];

function bytesOf(name: string): Uint8Array[] {
  const folder = join(CORPUS, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file)));
}

function listedIn(name: string, asBytes: boolean): unknown[] {
  const file = join(CORPUS, `${name}.json`);
  if (!existsSync(file)) return [];
  const listed = JSON.parse(readFileSync(file, 'utf8')) as unknown[];
  return asBytes ? listed.map((text) => Buffer.from(text as string, 'latin1')) : listed;
}
