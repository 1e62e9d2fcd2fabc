import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.dirname(path.dirname(import.meta.dirname));

/** One line of a fenced `sh` block; what a backslash continues is one. */
export interface CommandLine {
  /** Without its comment's meaning changed: as it stands, trimmed. */
  readonly text: string;
  /** `README.md:31`. */
  readonly where: string;
}

/** One fenced block: what is started in it runs until it ends. */
export interface Block {
  readonly document: string;
  readonly lines: readonly CommandLine[];
}

/** Paths of documents below the project, `/` between their parts. */
export const documents = (...patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();

export const readDocument = (document: string): string => readFileSync(path.join(ROOT, document), 'utf8');

/** The `sh` blocks of a document. Lines that are empty or only a comment are left out. */
export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: CommandLine[] | undefined;
  let before = '';
  for (const [i, line] of readDocument(document).split('\n').entries()) {
    if (line.trim() === '```sh') open = [];
    else if (line.trim() === '```' && open) {
      blocks.push({ document, lines: open });
      open = undefined;
    } else if (open) {
      const text = before + line.trim();
      before = text.endsWith('\\') ? text.slice(0, -1) : '';
      if (before === '' && text !== '' && !text.startsWith('#'))
        open.push({ text, where: `${document}:${i + 1}` });
    }
  }
  return blocks;
}

/** A document's words outside its fenced blocks. */
export const proseOf = (document: string): string =>
  readDocument(document).replace(/^```[\s\S]*?^```$/gm, '');
