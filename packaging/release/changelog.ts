const UNRELEASED = '## [Unreleased]';
/** Of Keep a Changelog, in its order. */
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

/**
 * The changelog with what is under `## [Unreleased]` moved under `## [VERSION] - DATE`, together with what stands under the same version
 * without a date already. Throws an Error when there is nothing to release, the version has a date, or a line is in no `### ` list.
 */
export function releaseChangelog(text: string, version: string, date: string): string {
  const [head, ...sections] = text.split(/^(?=## )/m);
  const unreleased = sections.findIndex((section) => section.startsWith(UNRELEASED));
  if (unreleased < 0) throw new Error(`the changelog has no ${UNRELEASED}`);
  const same = sections.findIndex((section) => section.startsWith(`## [${version}]`));
  if (same >= 0 && !/^## \[[^\]]+\] - unreleased\n/.test(sections[same]!))
    throw new Error(`the changelog has ${version} already`);
  const lists = new Map<string, string>();
  for (const at of same >= 0 ? [unreleased, same] : [unreleased]) gather(sections[at]!, lists);
  if (lists.size === 0) throw new Error(`nothing stands under ${UNRELEASED}`);
  const released = KINDS.filter((kind) => lists.has(kind)).map((kind) => `### ${kind}\n\n${lists.get(kind)}`);
  const others = sections.filter((_, at) => at !== unreleased && at !== same);
  return [
    `${head}${UNRELEASED}\n`,
    `## [${version}] - ${date}\n`,
    `${released.join('\n')}${others.length > 0 ? '\n' : ''}${others.join('')}`,
  ].join('\n');
}

/** Adds the lines of each `### ` list of a section to those of its kind. */
function gather(section: string, lists: Map<string, string>): void {
  const [heading, ...parts] = section.split(/^(?=### )/m);
  const loose = heading!.split('\n').slice(1).join('').trim();
  if (loose !== '') throw new Error(`in the changelog '${loose.slice(0, 60)}' is in no list`);
  for (const part of parts) {
    const [, kind, lines] = /^### (\w+)\n+([\s\S]*)$/.exec(part) ?? [];
    if (kind === undefined || !KINDS.includes(kind))
      throw new Error(`the changelog has a list ${part.split('\n')[0]}`);
    lists.set(kind, `${lists.get(kind) ?? ''}${lines!.trimEnd()}\n`);
  }
}
