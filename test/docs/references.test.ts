import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { documents, proseOf, ROOT, readDocument } from './documents.ts';
import { programFlags } from './program.ts';

/** What users read. */
const PAGES = documents('README.md', 'SECURITY.md', 'docs/*.md').filter(
  // Benchmarks and the wire's description have flags of other programs.
  (page) => !/benchmarks|dashboard|protocol|storage/.test(page),
);
const LINKED = documents('*.md', 'docs/**/*.md', 'test/fuzz/*.md', 'bench/*.md');
/** Flags of others that stand between backquotes. */
const FOREIGN = new Set<string>([]);

describe('what the documents speak of', () => {
  let flags: ReadonlyMap<string, ReadonlySet<string>>;
  before(async () => {
    flags = await programFlags();
  });

  for (const page of PAGES)
    it(`${page}: commands and flags are there`, () => {
      for (const code of inlineCode(proseOf(page))) {
        const problem = problemOf(code, flags);
        assert.equal(problem, undefined, `\`${code}\`: ${problem}`);
      }
    });

  for (const page of LINKED)
    it(`${page}: links lead somewhere`, () => {
      for (const target of links(proseOf(page)))
        assert.ok(isThere(page, target), `${page} links to ${target}`);
    });

  it('commands.md has every command', () => {
    const text = readDocument('docs/commands.md');
    for (const name of flags.keys()) {
      if (name === 'complete') continue;
      assert.ok(text.includes(`peerdex ${name}`), `peerdex ${name} is not in docs/commands.md`);
    }
  });

  it('docs/README.md has every page of its folder', () => {
    const index = readDocument('docs/README.md');
    for (const page of documents('docs/*.md'))
      if (page !== 'docs/README.md') assert.ok(index.includes(`(${path.basename(page)})`), page);
  });
});

/** What is wrong with a piece of code that names a command or a flag of peerdex. */
function problemOf(code: string, flags: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const words = code.replace(/^(npx )?peerdex\b ?/, '').split(/[\s=]+/);
  const isOurs = /^(npx )?peerdex( |$)/.test(code);
  const command =
    flags.has(words.slice(0, 2).join(' ')) && words.length > 1 ? words.slice(0, 2).join(' ') : words[0]!;
  if (isOurs && /^[a-z]/.test(command) && !flags.has(command)) return `there is no command ${command}`;
  const used = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? []);
  if (!isOurs && !code.startsWith('--') && !flags.has(command)) return undefined;
  const known =
    flags.has(command) && command !== ''
      ? flags.get(command)!
      : new Set([...flags.values()].flatMap((one) => [...one]));
  const unknown = used.find((flag) => !known.has(flag) && !FOREIGN.has(flag));
  return unknown && `there is no flag ${unknown}`;
}

const inlineCode = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);

const links = (text: string): string[] =>
  [...text.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));

function isThere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const linked = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, linked))) return false;
  return anchor === undefined || headings(readDocument(linked)).has(anchor);
}

/** Anchors as GitHub makes them. */
function headings(text: string): ReadonlySet<string> {
  const lines = text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...lines].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}
