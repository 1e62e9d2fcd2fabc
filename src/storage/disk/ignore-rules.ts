import { closeSync, constants, fstatSync, lstatSync, readSync } from 'node:fs';
import ignore, { type Ignore } from 'ignore';
import { PeerdexError } from '../../core/errors.ts';
import { parentPath } from '../../core/index-path.ts';
import { isSecret, maySecret } from '../../core/secret-folders.ts';
import type { OpenFolder } from './below-root.ts';
import { openFolderBelowSync, openInSync } from './safe-open.ts';

/** Says what of a folder is not shared, in the syntax of gitignore. Never shared itself. */
export const IGNORE_FILE = '.peerdexignore';

/** The rules that hold in a folder: those of its own file before those of the folders above, as in git. */
export class IgnoreRules {
  static readonly NONE = new IgnoreRules(undefined, '', undefined, '');
  /** Tells these rules from others. */
  readonly text: string;
  readonly #above: IgnoreRules | undefined;
  readonly #base: string;
  readonly #lines: readonly string[] | undefined;
  #own: Ignore | undefined;
  /** Its lines one by one, the last one first. */
  #words: readonly Word[] | undefined;
  #asked = 0;

  private constructor(
    above: IgnoreRules | undefined,
    base: string,
    lines: readonly string[] | undefined,
    text: string,
  ) {
    this.#above = above;
    this.#base = base;
    this.#lines = lines;
    this.text = text;
  }

  /** With the file of a folder that is held open; `relative` is the folder below the root. Throws where the file cannot be followed. */
  within(folder: OpenFolder, relative: string): IgnoreRules {
    const text = readRules(folder);
    const base = relative === '' ? '' : `${relative}/`;
    return new IgnoreRules(this, base, checkedLines(text), `${this.text}\0${base}\0${text}`);
  }

  /** What the rules say of a path, if anything: that it is left out, or not. `relative`: below the root. */
  #says(relative: string, isFolder: boolean): boolean | undefined {
    for (let rules: IgnoreRules = this; rules.#lines; rules = rules.#above!) {
      const below = relative.slice(rules.#base.length);
      const path = isFolder ? `${below}/` : below;
      const matcher = rules.#matcher(rules.#lines);
      const { ignored, unignored } = matcher.test(path);
      const above = parentPath(below);
      // A file deeper down takes back what this one says of a folder on the way, and so of what is in it.
      const isInherited = ignored && above !== '' && matcher.ignores(`${above}/`);
      const says = isInherited ? rules.#ownWord(path) : ignored || unignored ? ignored : undefined;
      if (says !== undefined) return says;
    }
    return undefined;
  }

  get isEmpty(): boolean {
    return this.#lines === undefined;
  }

  /** Why a path below `root` is not shared: these rules, or what it is, unless they say otherwise. Undefined: it is shared. */
  leavesOut(root: string, relative: string, isFolder: boolean): 'rules' | 'secret' | undefined {
    const said = this.isEmpty ? undefined : this.#says(relative, isFolder);
    if (said !== undefined) return said ? 'rules' : undefined;
    const name = relative.slice(relative.lastIndexOf('/') + 1);
    return maySecret(name) && isSecret(`${root}/${relative}`) ? 'secret' : undefined;
  }

  /** Whether the last line that fits the path itself ignores it, whatever fits a folder around it; undefined where none fits. */
  #ownWord(path: string): boolean | undefined {
    this.#words ??= this.#lines!.flatMap(wordOf).reverse();
    return this.#words.find(({ fits }) => fits.test(path).unignored)?.ignores;
  }

  /** The library remembers every path that it was asked about, so it is made anew now and then. */
  #matcher(lines: readonly string[]): Ignore {
    this.#asked += 1;
    if (!this.#own || this.#asked > MAX_ASKED) {
      this.#own = ignore({ ignorecase: false }).add(lines);
      this.#words = undefined;
      this.#asked = 0;
    }
    return this.#own;
  }
}

interface Word {
  readonly fits: Ignore;
  readonly ignores: boolean;
}

/** A line by itself. What only takes back ignores no folder, and so nothing for the folder that it is in: each is made such a one. */
function wordOf(line: string): Word[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const isException = line.startsWith('!');
  const fits = ignore({ ignorecase: false }).add(isException ? line : `!${line}`);
  return [{ fits, ignores: !isException }];
}

/** The rules in a folder below `root`, `above` those of the one around it; undefined where they cannot be followed, or it is not there. */
export function rulesAt(root: string, relative: string, above: IgnoreRules): IgnoreRules | undefined {
  try {
    const folder = openFolderBelowSync(root, relative);
    try {
      const own = lstatSync(`${folder.path}/${IGNORE_FILE}`, { throwIfNoEntry: false });
      return own ? above.within(folder, relative) : above;
    } finally {
      folder.close();
    }
  } catch {
    return undefined;
  }
}

const MAX_ASKED = 5000;
const MAX_BYTES = 64 * 1024;
const MAX_LINES = 1000;
/** Each one multiplies the time that a name may take. */
const MAX_STARS = 3;

function readRules(folder: OpenFolder): string {
  const fd = openInSync(folder, IGNORE_FILE, constants.O_RDONLY);
  try {
    const { size } = fstatSync(fd);
    if (size > MAX_BYTES) throw unusable(`it is longer than ${MAX_BYTES} bytes`);
    const buffer = Buffer.alloc(MAX_BYTES);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < MAX_BYTES; filled += read)
      read = readSync(fd, buffer, filled, MAX_BYTES - filled, null);
    return buffer.toString('utf8', 0, filled);
  } finally {
    closeSync(fd);
  }
}

/** Rules may have come from anywhere, in a folder that was fetched: those that could take for ever are refused. */
function checkedLines(text: string): string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (lines.length > MAX_LINES) throw unusable(`it has more than ${MAX_LINES} lines`);
  lines.forEach((line, i) => {
    if (line.startsWith('#')) return;
    const parts = line.split('/');
    const anyDepth = parts.filter((part) => /^\*\*+$/.test(part)).length;
    const stars = Math.max(...parts.map((part) => part.replace(/\*+/g, '*').split('*').length - 1));
    if (anyDepth > MAX_STARS || stars > MAX_STARS)
      throw unusable(`line ${i + 1} has more than ${MAX_STARS} wildcards that stand for any length`);
  });
  return lines;
}

const unusable = (why: string): PeerdexError =>
  new PeerdexError('failed', `${IGNORE_FILE} cannot be followed: ${why}`);
