// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one cannot be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the group of rows has the focus, and names the active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: so its keys are there too
import { type CSSProperties, memo, type ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  /** Empty: the column has no heading that is drawn, but `label` for screen readers. */
  readonly title: string;
  readonly label?: string;
  /** A track of a CSS grid: `96px`, `minmax(0, 1fr)`. */
  readonly width: string;
  readonly align?: 'right';
  /** Least width of the table, in pixels, from which on the column is there. */
  readonly from?: number;
  /** Another track where the table is narrow. */
  readonly narrow?: string;
  readonly cell: (row: Row, isNarrow: boolean) => ReactNode;
  /** Absent: nobody sorts by it. */
  readonly sort?: (row: Row) => string | number;
}

interface TableRowProps<Row> {
  readonly id: string;
  readonly row: Row;
  /** Among all rows. */
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly grid: CSSProperties;
  readonly isNarrow: boolean;
  /** Pixels; `top` from the first row. */
  readonly height: number;
  readonly top: number;
  readonly isActive: boolean;
  /** Undefined where rows cannot be selected. */
  readonly isSelected: boolean | undefined;
  readonly isCurrent: boolean;
  readonly onPress: (index: number) => void;
  readonly onOpen: (row: Row) => void;
}

function Row<Row>(props: TableRowProps<Row>): ReactNode {
  const { id, row, index, columns, grid, isNarrow, height, top, onPress, onOpen } = props;
  return (
    <div
      id={id}
      className="table-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.isSelected}
      aria-current={props.isCurrent ? 'true' : undefined}
      data-active={props.isActive ? '' : undefined}
      style={{ ...grid, height, transform: `translateY(${top}px)` }}
      onPointerDown={() => onPress(index)}
      onClick={() => onOpen(row)}
    >
      {columns.map((column) => (
        <div key={column.key} className="table-cell" role="gridcell" data-align={column.align}>
          {column.cell(row, isNarrow)}
        </div>
      ))}
    </div>
  );
}

/** Drawn again only when something of it changed: while the table is scrolled that is what comes into sight. */
export const TableRow = memo(Row) as typeof Row;
