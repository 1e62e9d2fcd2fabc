import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { mark, NOTHING_SELECTED } from '../../parts/selection.ts';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { type Sorting, VirtualTable } from '../../parts/virtual-table.tsx';
import { useRoute } from '../../shell/route.ts';
import { ChosenBar } from './chosen-bar.tsx';
import { FileDrawer } from './file-drawer.tsx';
import { libraryColumns } from './library-columns.tsx';
import { type Order, showFile, showOrder, showPlace } from './library-route.ts';
import type { LibraryRow } from './library-row.ts';
import type { Rows } from './use-rows.ts';
import { useStanding } from './use-standing.ts';

interface ListingProps {
  readonly shown: Rows;
  readonly words: string;
  readonly arePeers: boolean;
  readonly areFound: boolean;
  readonly head: ReactNode;
  /** All of it, as `get` is asked; undefined where it is not one thing. */
  readonly whole: string | undefined;
  readonly empty: ReactNode;
  /** Below the head. */
  readonly bar?: ReactNode;
  readonly jumpTo?: number;
  readonly order?: Order;
}

/** Rows of the library, what is chosen of them, and the file that is opened beside them. */
export function Listing(props: ListingProps): ReactNode {
  const { shown, words, arePeers, areFound, head, whole, empty, bar, jumpTo, order } = props;
  const route = useRoute();
  const { rows, error, onReach } = shown;
  const [selection, setSelection] = useState(NOTHING_SELECTED);
  const [last, setLast] = useState(0);
  const all = rows ?? NO_ROWS;
  const standing = useStanding(all, last);
  const keys = useMemo(() => all.map(({ key }) => key), [all]);
  const onMark = useCallback(
    ({ key }: LibraryRow, isRange: boolean) => setSelection((before) => mark(before, key, isRange, keys)),
    [keys],
  );
  const isMarked = useCallback(({ key }: LibraryRow) => selection.keys.has(key), [selection]);
  const columns = useMemo(
    () => libraryColumns({ words, standing, isMarked, onMark, arePeers, areFound }),
    [words, standing, isMarked, onMark, arePeers, areFound],
  );
  const reach = useCallback(
    (index: number) => {
      setLast(index);
      onReach(index);
    },
    [onReach],
  );
  const marked = all.filter(isMarked);
  const content = route.query.get('file') ?? undefined;
  const opened = content === undefined ? undefined : all.find((row) => row.content === content);
  const open = (row: LibraryRow) => {
    if (row.place) showPlace(row.place);
    else if (row.content !== null) showFile(route, row.content);
  };
  const close = useCallback(() => showFile(route, undefined), [route]);
  return (
    <>
      <div className="library-bar">
        {head}
        {!arePeers && (
          <ChosenBar
            marked={marked}
            all={all}
            whole={whole}
            onAll={() => setSelection({ keys: new Set(keys), anchor: undefined })}
            onNone={() => setSelection(NOTHING_SELECTED)}
          />
        )}
      </div>
      {bar}
      <div className="beside" aria-busy={shown.isOld}>
        {error && !rows && (
          <div className="page-body">
            <ErrorNote error={error} />
          </div>
        )}
        {!rows && !error && <Skeleton />}
        {rows?.length === 0 && empty}
        {rows && rows.length > 0 && (
          <VirtualTable
            label={arePeers ? 'Peers' : areFound ? 'Results' : 'Files'}
            columns={columns}
            rows={rows}
            rowKey={({ key }) => key}
            rowHeight={areFound ? 48 : 40}
            narrowRowHeight={56}
            {...(arePeers ? {} : { isMarked, onMark })}
            selected={opened?.key}
            onOpen={open}
            total={shown.total < 0 ? -1 : Math.max(shown.total, rows.length)}
            {...(jumpTo === undefined ? {} : { jumpTo })}
            {...(order ? { sorting: order, onSort: showSorting } : {})}
            onReach={reach}
          />
        )}
        {content !== undefined && (
          <FileDrawer
            key={content}
            content={content}
            row={opened}
            standing={standing.get(content)}
            onClose={close}
          />
        )}
      </div>
    </>
  );
}

const NO_ROWS: readonly LibraryRow[] = [];

const showSorting = ({ key, descending }: Sorting): void =>
  showOrder({ key: key as Order['key'], descending });
