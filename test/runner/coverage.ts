import path from 'node:path';

/** What `node:test` reports of one file, as far as the table needs it. */
interface Counts {
  readonly totalLineCount: number;
  readonly coveredLineCount: number;
  readonly totalBranchCount: number;
  readonly coveredBranchCount: number;
  readonly totalFunctionCount: number;
  readonly coveredFunctionCount: number;
}

export interface CoverageSummary {
  readonly files: readonly (Counts & { readonly path: string })[];
  readonly totals: Counts;
}

/** A table of ten lines instead of a hundred: coverage in percent for each room of `src/`, and the whole. */
export function coverageByRoom(summary: CoverageSummary, root: string): string {
  const rooms = new Map<string, Counts[]>();
  for (const file of summary.files) {
    const room = roomOf(path.relative(root, file.path));
    rooms.set(room, [...(rooms.get(room) ?? []), file]);
  }
  const rows = [...rooms]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([room, files]) => row(room, files.length, sum(files)));
  return [
    '',
    'coverage               files   lines  branches  functions',
    ...rows,
    row('all', summary.files.length, sum(summary.files)),
    '',
  ].join('\n');
}

/** `src/storage/disk/walker.ts` is of `storage/disk`, `src/core/ids.ts` of `core`. */
function roomOf(file: string): string {
  const [top, room, inner] = file.split(path.sep);
  if (top !== 'src') return top ?? file;
  return (room === 'storage' || room === 'network') && inner !== undefined && !inner.endsWith('.ts')
    ? `${room}/${inner}`
    : (room ?? file);
}

function sum(files: readonly Counts[]): Counts {
  const add = (key: keyof Counts) => files.reduce((total, file) => total + file[key], 0);
  return {
    totalLineCount: add('totalLineCount'),
    coveredLineCount: add('coveredLineCount'),
    totalBranchCount: add('totalBranchCount'),
    coveredBranchCount: add('coveredBranchCount'),
    totalFunctionCount: add('totalFunctionCount'),
    coveredFunctionCount: add('coveredFunctionCount'),
  };
}

function row(name: string, files: number, counts: Counts): string {
  return [
    name.padEnd(20),
    String(files).padStart(8),
    percent(counts.coveredLineCount, counts.totalLineCount).padStart(8),
    percent(counts.coveredBranchCount, counts.totalBranchCount).padStart(10),
    percent(counts.coveredFunctionCount, counts.totalFunctionCount).padStart(11),
  ].join('');
}

const percent = (covered: number, total: number): string =>
  total === 0 ? '-' : ((100 * covered) / total).toFixed(1);
