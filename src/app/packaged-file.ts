import { readFileSync } from 'node:fs';

/** Where the build puts files that are no code, such as the dashboard's page; the same folder from `src` and from `dist`. */
const BUILT = new URL('../../dist/', import.meta.url);

/**
 * A file that comes with the program: beside it in a checkout and in the npm package, inside it in the executable.
 * `relative`: its name in `dist/`, such as `dashboard/index.html`; one from a stranger may be passed as it is. Undefined when
 * there is no such file (nothing built, or a name that leads elsewhere). The bytes are not to be written to.
 */
export function readPackagedFile(relative: string, root: URL = BUILT): Uint8Array | undefined {
  if (!relative.split('/').every(isPlainName)) return undefined;
  try {
    return readFileSync(new URL(relative, root));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}

/** Names as builders make them. No dots alone, no `%`, no `\`: what stays below a folder here stays there in a URL. */
const isPlainName = (name: string): boolean => /^[\w-][\w.-]*$/.test(name);
