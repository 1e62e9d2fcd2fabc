// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one cannot be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the group of rows has the focus, and names the active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: so its keys are there too
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type Column, TableRow } from './table-row.tsx';
import { NARROW_PX, useWidth } from './use-width.ts';

export type { Column };

export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

interface VirtualTableProps<Row> {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** In their order, see `useSorted`. */
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Pixels; a narrow table may have higher rows. */
  readonly rowHeight: number;
  readonly narrowRowHeight?: number;
  readonly selected?: string | undefined;
  /** Enter, or a click. */
  readonly onOpen?: (row: Row) => void;
  /** Where rows can be chosen: whether this one is. */
  readonly isMarked?: (row: Row) => boolean;
  /** Space; with Shift all rows from the one before to this one. */
  readonly onMark?: (row: Row, isRange: boolean) => void;
  readonly sorting?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
  /** How many there are where `rows` is only what was asked for so far; -1 where nobody knows. */
  readonly total?: number;
  /** It is gone to when it becomes another one; -1: nothing. */
  readonly jumpTo?: number;
  /** Called with the index of the last row that is drawn, to ask for more. */
  readonly onReach?: (index: number) => void;
}

/** As `.table-head` has it. */
const HEAD_PX = 33;

/** Any number of rows; those in sight are drawn. A grid: arrows, Home, End and pages move, Enter opens. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>): ReactNode {
  const {
    label,
    rows,
    rowKey,
    rowHeight,
    narrowRowHeight = rowHeight,
    selected,
    onOpen,
    isMarked,
    onMark,
    total = rows.length,
    jumpTo = -1,
    onReach,
  } = props;
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const width = useWidth(scroll);
  const narrow = width < NARROW_PX;
  const height = narrow ? narrowRowHeight : rowHeight;
  const columns = useMemo(
    () => props.columns.filter(({ from = 0 }) => width >= from),
    [props.columns, width],
  );
  const grid: CSSProperties = useMemo(
    () => ({ gridTemplateColumns: columns.map((column) => trackOf(column, narrow)).join(' ') }),
    [columns, narrow],
  );
  // Another function would have the places of all rows found anew for each frame that is scrolled.
  const getItemKey = useCallback((index: number) => rowKey(rows[index]!), [rows, rowKey]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    getItemKey,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured anew
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index;
  useEffect(() => {
    if (last !== undefined) onReach?.(last);
  }, [last, onReach]);
  const at = Math.min(active, rows.length - 1);

  const wanted = rows[jumpTo] && rowKey(rows[jumpTo]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that come before it do not take the eyes away from where they are
  useEffect(() => {
    if (jumpTo < 0) return;
    setActive(jumpTo);
    virtual.scrollToIndex(jumpTo, { align: 'start' });
  }, [wanted, virtual]);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setActive(index);
    virtual.scrollToIndex(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A button in the table has its own keys.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && rows[at]) onOpen?.(rows[at]);
    else if (event.key === ' ' && rows[at] && onMark) onMark(rows[at], event.shiftKey);
    else return;
    event.preventDefault();
  };

  return (
    <div
      className="table"
      ref={scroll}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total < 0 ? -1 : total + 1}
      aria-colcount={columns.length}
      aria-multiselectable={isMarked ? true : undefined}
      aria-activedescendant={rows[at] ? `${id}-${rowKey(rows[at])}` : undefined}
      onKeyDown={onKeyDown}
    >
      <Head {...props} columns={columns} grid={grid} />
      <div className="table-all" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const row = rows[index]!;
          return (
            <TableRow
              key={key}
              id={`${id}-${rowKey(row)}`}
              row={row}
              index={index}
              columns={columns}
              grid={grid}
              isNarrow={narrow}
              height={height}
              top={start - HEAD_PX}
              isActive={index === at}
              isSelected={isMarked ? isMarked(row) : onOpen ? selected === rowKey(row) : undefined}
              isCurrent={isMarked !== undefined && selected === rowKey(row)}
              onPress={setActive}
              onOpen={onOpen}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps<Row> extends Pick<VirtualTableProps<Row>, 'columns' | 'sorting' | 'onSort'> {
  readonly grid: CSSProperties;
}

function Head<Row>({ columns, sorting, onSort, grid }: HeadProps<Row>): ReactNode {
  return (
    <div role="rowgroup" className="table-head">
      <div className="table-row" role="row" aria-rowindex={1} style={grid}>
        {columns.map((column) => {
          const descending = sorting?.key === column.key ? sorting.descending : undefined;
          const order = descending === undefined ? undefined : descending ? 'descending' : 'ascending';
          return (
            <div
              key={column.key}
              className="table-cell"
              role="columnheader"
              data-align={column.align}
              aria-sort={order}
            >
              {column.sort && onSort ? (
                <button
                  type="button"
                  onClick={() => onSort({ key: column.key, descending: descending === false })}
                >
                  {column.title}
                  {order && <span aria-hidden="true">{descending ? '↓' : '↑'}</span>}
                </button>
              ) : (
                column.title || <span className="hidden-text">{column.label}</span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const trackOf = <Row,>({ width, narrow }: Column<Row>, isNarrow: boolean): string =>
  (isNarrow && narrow) || width;
