import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { type ErrorCode, inWords, PeerdexError, systemCode } from '../../core/errors.ts';
import { windowsNameProblem } from '../../core/windows-name.ts';

/** A folder that is held open: whatever happens to its name, `path` + `/` + a plain name stays inside it. */
export interface OpenFolder {
  readonly path: string;
  /** Where it was asked for: what people are told. */
  readonly asked: string;
  close(): void;
}

/** The components of a relative path; '' has none. Throws `forbidden` for one that could lead elsewhere. */
export function componentsOf(relative: string): readonly string[] {
  if (relative === '') return [];
  const components = relative.split('/');
  for (const component of components) {
    const problem = problemOf(component);
    if (problem)
      throw new PeerdexError(
        'forbidden',
        `refused path ${JSON.stringify(relative.slice(0, 200))}: ${problem}`,
      );
  }
  return components;
}

/** Where no descriptor can be passed through: the real path must lie below the real root. */
export function folderByRealPathSync(root: string, relative: string): OpenFolder {
  const wanted = [root, ...componentsOf(relative)].join(sep);
  try {
    return { path: checkBelow(realpathSync(root), realpathSync(wanted)), asked: wanted, close() {} };
  } catch (error) {
    throw openFailure(root, relative, error);
  }
}

/** A failed call as a PeerdexError. */
export function openFailure(root: string, relative: string, error: unknown): PeerdexError {
  if (error instanceof PeerdexError) return error;
  const code = systemCode(error) ?? '';
  const where = relative === '' ? root : `${root}/${relative}`;
  return new PeerdexError(CODES[code] ?? 'failed', `cannot open ${where}: ${reason(code, error)}`, {
    cause: error,
  });
}

/** A NUL ends a path in the system call; on Windows other names lead elsewhere too. */
function problemOf(component: string): string | undefined {
  if (component === '' || component === '.' || component === '..') return 'it leads elsewhere';
  if (component.includes('\0')) return 'a NUL in a name';
  return process.platform === 'win32' ? windowsNameProblem(component) : undefined;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'not-found',
  ELOOP: 'forbidden',
  ENOTDIR: 'forbidden',
  ENXIO: 'forbidden',
  EISDIR: 'forbidden',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
};

function reason(code: string, error: unknown): string {
  if (code === 'ELOOP' || code === 'ENOTDIR') return 'a link or a file stands where a folder should be';
  return inWords(error);
}

function checkBelow(root: string, path: string): string {
  if (path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)) return path;
  throw new PeerdexError('forbidden', `${path} lies outside ${root}: a link leads there`);
}
