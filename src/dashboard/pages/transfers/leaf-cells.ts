import type { JobLeaves } from '../../../protocol/http/local/job-operations.ts';

/** How a part of a file is drawn; `missing` is where it is not known who has it. */
export type CellKind = 'here' | 'coming' | 'more' | 'one' | 'nobody' | 'missing';

export interface LeafCells {
  /** Of the picture, in its own units. */
  readonly width: number;
  readonly height: number;
  /** For each kind the cells of it, as the `d` of a path. */
  readonly paths: ReadonlyMap<CellKind, string>;
}

/** So many cells are told apart in a drawer; a larger file has several leaves in each. */
export const MOST_CELLS = 512;
const COLUMNS = 32;
const WIDTH = 320;
const HEIGHT = 10;
const GAP = 1.5;
/** What comes is seen, however little of the cell it is. */
const LEAST_COMING = 0.2;

/** Rows of cells from the start of the file to its end, each filled from the left by what is here and what comes. */
export function leafCells({ leaves, bins }: Pick<JobLeaves, 'leaves' | 'bins'>): LeafCells {
  const count = bins.here.length;
  const columns = Math.max(1, Math.min(COLUMNS, count));
  const step = WIDTH / columns;
  const paths = new Map<CellKind, string>();
  const draw = (kind: CellKind, x: number, y: number, width: number) => {
    const rectangle = `M${round(x)} ${y}h${round(width)}v${HEIGHT - GAP}h${round(-width)}z`;
    paths.set(kind, (paths.get(kind) ?? '') + rectangle);
  };
  for (let i = 0; i < count; i += 1) {
    const all = Math.floor(((i + 1) * leaves) / count) - Math.floor((i * leaves) / count);
    const x = (i % columns) * step;
    const y = Math.floor(i / columns) * HEIGHT;
    const width = step - GAP;
    const here = bins.here[i]! / all;
    const coming =
      bins.coming[i]! === 0 ? 0 : Math.min(1 - here, Math.max(LEAST_COMING, bins.coming[i]! / all));
    const rest = 1 - here - coming;
    if (here > 0) draw('here', x, y, here * width);
    if (coming > 0) draw('coming', x + here * width, y, coming * width);
    if (rest > 0.001) draw(missingKind(bins.rarest[i] ?? null), x + (here + coming) * width, y, rest * width);
  }
  return { width: WIDTH, height: Math.max(1, Math.ceil(count / columns)) * HEIGHT - GAP, paths };
}

function missingKind(holders: number | null): CellKind {
  if (holders === null) return 'missing';
  if (holders === 0) return 'nobody';
  return holders === 1 ? 'one' : 'more';
}

const round = (value: number): number => Math.round(value * 100) / 100;
