import { escapeText } from './escape.ts';
import { shorten, textWidth } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the terminal is too narrow. */
  readonly shrinks?: boolean;
  /** Applied to the cell after it was escaped, shortened and padded; must not change its width. */
  readonly style?: (cell: string) => string;
}

const GAP = '  ';
const NARROWEST = 8;

/** Lines of a table with a head line. Cells are escaped here. Without `width` nothing is shortened. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): string[] {
  const cells = rows.map((row) => row.map(escapeText));
  const widths = columns.map((column, i) =>
    cells.reduce((widest, row) => Math.max(widest, textWidth(row[i] ?? '')), textWidth(column.title)),
  );
  if (width !== undefined) shrink(widths, columns, width);
  const line = (row: readonly string[], styled: boolean) =>
    columns
      .map((column, i) => {
        const cell = pad(
          shorten(row[i] ?? '', widths[i]!),
          widths[i]!,
          column.align,
          i === columns.length - 1,
        );
        return styled && column.style ? column.style(cell) : cell;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map((column) => column.title),
      false,
    ),
    ...cells.map((row) => line(row, true)),
  ];
}

/** Takes what is too much from the widest of the columns that shrink, and again. */
function shrink(widths: number[], columns: readonly Column[], width: number): void {
  const spare = () => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width;
  for (let excess = spare(); excess > 0; excess = spare()) {
    const widest = columns.reduce(
      (best, column, i) => (column.shrinks && widths[i]! > (widths[best] ?? NARROWEST) ? i : best),
      -1,
    );
    if (widest < 0) return;
    const next = Math.max(
      NARROWEST,
      ...columns.map((column, i) => (column.shrinks && widths[i]! < widths[widest]! ? widths[i]! : 0)),
    );
    widths[widest] = Math.max(next, widths[widest]! - excess, NARROWEST);
  }
}

function pad(cell: string, width: number, align: Column['align'], last: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(cell)));
  if (align === 'right') return space + cell;
  return last ? cell : cell + space;
}
