import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useLiveStatus } from '../../api/live.ts';
import { formatCount, formatNumber, formatSize } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { mark, NOTHING_SELECTED } from '../../parts/selection.ts';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { VirtualTable } from '../../parts/virtual-table.tsx';
import { Page } from '../../shell/page.tsx';
import { useRoute } from '../../shell/route.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { DropZone, ShareButton, Uploads } from './drop-zone.tsx';
import { FileDrawer } from './file-drawer.tsx';
import { getFiles } from './get-files.ts';
import { libraryColumns } from './library-columns.tsx';
import { EmptyFolder, NobodyShares, NothingFound } from './library-empty.tsx';
import { LibraryFilters } from './library-filters.tsx';
import {
  isSearch,
  placeOf,
  type Search,
  searchOf,
  showFile,
  showPlace,
  showSearch,
  showWords,
} from './library-route.ts';
import type { LibraryRow } from './library-row.ts';
import { SearchField } from './search-field.tsx';
import { type Rows, useFolder, useFound, usePeers } from './use-rows.ts';
import { blockOf, StandingKnown, useStanding } from './use-standing.ts';
import './library.css';

/** Everything that the network shares: searched as one types, or browsed by peer and folder. */
export function LibraryPage(): ReactNode {
  const route = useRoute();
  const place = placeOf(route);
  const search = searchOf(route.query);
  const isFinding = isSearch(search);
  const found = useFound(search, isFinding);
  const folder = useFolder(place, !isFinding);
  const arePeers = !isFinding && place.peer === '';
  const peers = usePeers(arePeers);
  const shown = isFinding ? found : arePeers ? peers : folder;
  return (
    <Page
      title="Library"
      head={<SearchField words={search.words} onChange={showWords} />}
      tools={<ShareButton />}
    >
      <Listing
        key={isFinding ? 'search' : route.rest}
        shown={shown}
        words={isFinding ? search.words : ''}
        arePeers={arePeers}
        areFound={isFinding}
        head={isFinding ? <Found rows={found} search={search} /> : <Breadcrumbs place={place} />}
        whole={isFinding || place.folder === '' ? undefined : `${place.peer}:${place.folder}/`}
        empty={
          <Nothing search={search} isFinding={isFinding} arePeers={arePeers} isShares={place.folder === ''} />
        }
      />
      <Uploads />
      <DropZone />
    </Page>
  );
}

interface ListingProps {
  readonly shown: Rows;
  readonly words: string;
  readonly arePeers: boolean;
  readonly areFound: boolean;
  readonly head: ReactNode;
  /** All of it, as `get` is asked; undefined where it is not one thing. */
  readonly whole: string | undefined;
  readonly empty: ReactNode;
}

function Listing({ shown, words, arePeers, areFound, head, whole, empty }: ListingProps): ReactNode {
  const route = useRoute();
  const { rows, error, onReach } = shown;
  const [selection, setSelection] = useState(NOTHING_SELECTED);
  const [block, setBlock] = useState(0);
  const all = rows ?? NO_ROWS;
  const standing = useStanding(all, block);
  const order = useMemo(() => all.map(({ key }) => key), [all]);
  const onMark = useCallback(
    ({ key }: LibraryRow, isRange: boolean) => setSelection((before) => mark(before, key, isRange, order)),
    [order],
  );
  const isMarked = useCallback(({ key }: LibraryRow) => selection.keys.has(key), [selection]);
  const columns = useMemo(
    () => libraryColumns({ words, isMarked, onMark, arePeers, areFound }),
    [words, isMarked, onMark, arePeers, areFound],
  );
  const reach = useCallback(
    (index: number) => {
      setBlock(blockOf(index));
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
    <StandingKnown value={standing}>
      <div className="library-bar">
        {head}
        {!arePeers && (
          <Chosen
            marked={marked}
            all={all}
            whole={whole}
            onAll={() => setSelection({ keys: new Set(order), anchor: undefined })}
            onNone={() => setSelection(NOTHING_SELECTED)}
          />
        )}
      </div>
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
            total={Math.max(shown.total, rows.length)}
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
    </StandingKnown>
  );
}

const NO_ROWS: readonly LibraryRow[] = [];

interface ChosenProps {
  readonly marked: readonly LibraryRow[];
  readonly all: readonly LibraryRow[];
  readonly whole: string | undefined;
  readonly onAll: () => void;
  readonly onNone: () => void;
}

/** What is chosen, and what can be done with it. Always there, so that nothing moves when something is. */
function Chosen({ marked, all, whole, onAll, onNone }: ChosenProps): ReactNode {
  const bytes = marked.reduce((sum, { size }) => sum + size, 0);
  const get = () => {
    void getFiles(marked.flatMap(({ what }) => what ?? []));
    onNone();
  };
  if (marked.length === 0) {
    return (
      <div className="library-chosen">
        <Button label="Choose all shown" kind="plain" disabled={all.length === 0} onPress={onAll} />
        {whole !== undefined && all.length > 0 && (
          <Button label="Get this folder" icon="down" onPress={() => void getFiles([whole])} />
        )}
      </div>
    );
  }
  return (
    <div className="library-chosen">
      <span className="number" role="status">
        {formatNumber(marked.length)} chosen{bytes > 0 && `, ${formatSize(bytes)}`}
      </span>
      <Button label="Choose none" kind="plain" onPress={onNone} />
      <Button
        label={marked.length === 1 ? 'Get it' : `Get ${formatNumber(marked.length)}`}
        icon="down"
        kind="main"
        onPress={get}
      />
    </div>
  );
}

function Found({ rows, search }: { readonly rows: Rows; readonly search: Search }): ReactNode {
  const status = useLiveStatus();
  const count = rows.isMore ? `More than ${formatNumber(rows.total)} files` : formatCount(rows.total, 'file');
  return (
    <div className="library-found">
      <LibraryFilters search={search} onChange={showSearch} />
      <p className="muted number one-line" role="status">
        {rows.rows ? count : 'Searching…'}
        {status && (
          <span className="hidden-text"> in {formatCount(status.index.entries, 'entry', 'entries')}</span>
        )}
      </p>
    </div>
  );
}

function Nothing({
  search,
  isFinding,
  arePeers,
  isShares,
}: {
  readonly search: Search;
  readonly isFinding: boolean;
  readonly arePeers: boolean;
  readonly isShares: boolean;
}): ReactNode {
  if (isFinding) return <NothingFound search={search} />;
  return arePeers ? <NobodyShares /> : <EmptyFolder isShares={isShares} />;
}
