import type { ScanProblem } from '../../index/compare-folder.ts';

/** Counts what a pass could not share, and tells it in a few sentences however much there is. */
export class ProblemTally {
  readonly #kinds = new Map<string, { first: ScanProblem; count: number }>();

  add(problems: readonly ScanProblem[]): void {
    for (const problem of problems) {
      const known = this.#kinds.get(problem.kind);
      if (known) known.count += 1;
      else this.#kinds.set(problem.kind, { first: problem, count: 1 });
    }
  }

  sentences(): string[] {
    return [...this.#kinds.values()].map(({ first, count }) => {
      const others = count === 1 ? '' : ` (and ${count - 1} more like it)`;
      return `${SENTENCES[first.kind] ?? 'not shared'}: ${JSON.stringify(first.relative)}${others}: ${first.detail}`;
    });
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  unreadable: 'cannot be read',
  'not-utf8': 'not shared',
  special: 'not shared',
  'data-folder': 'not shared',
  key: 'not shared',
  secret: 'not shared',
  name: 'not shared',
  'same-name': 'shared only once',
  away: 'not there',
};
