import path from 'node:path';
import { statSync } from '../../app/node-fs.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { GetRequest } from '../../protocol/http/local/get-events.ts';

/** What `-o` says, from the client's folder: a file, or a folder when it is one already or ends in a separator. */
export function destination(text: string, cwd: string): Pick<GetRequest, 'output' | 'outputIsFolder'> {
  if (text === '') throw new PeerdexError('usage', '-o: an empty path');
  const output = path.resolve(cwd, text);
  return { output, outputIsFolder: endsInSeparator(text) || isFolder(output) };
}

/** A backslash is part of a name where it does not separate. */
const endsInSeparator = (text: string): boolean => text.endsWith('/') || text.endsWith(path.sep);

function isFolder(target: string): boolean {
  try {
    return statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    throw asPeerdexError(error, `-o: cannot look at ${target}`);
  }
}
