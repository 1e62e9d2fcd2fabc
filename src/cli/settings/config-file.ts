import { readFileSync } from 'node:fs';
import path from 'node:path';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';

export interface ConfigFile {
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** DIR/config.json, or undefined where there is none. Throws `usage` when it is no JSON object or has a key not in `known`. */
export function readConfigFile(data: string, known: readonly string[]): ConfigFile | undefined {
  const file = path.join(data, 'config.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw asPeerdexError(error, `cannot read ${file}`);
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new PeerdexError('usage', `${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new PeerdexError('usage', `${file} does not hold a JSON object`);
  }
  const unknown = Object.keys(values).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new PeerdexError('usage', `${file} has an unknown key ${JSON.stringify(unknown)}`, {
      hint: `this version of peerdex knows ${known.join(', ')}`,
    });
  }
  return { file, values: values as Record<string, unknown> };
}
