import { type ReactNode, useMemo, useState } from 'react';
import { useLiveStatus } from '../../api/live.ts';
import { formatCount, formatNumber } from '../../format/amounts.ts';
import { Page } from '../../shell/page.tsx';
import { useRoute } from '../../shell/route.ts';
import { arrange, isAsListed, placeOfName } from './arrange.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { BrowseBar } from './browse-bar.tsx';
import { DropZone, ShareButton, Uploads } from './drop-zone.tsx';
import { EmptyFolder, NobodyShares, NothingFits, NothingFound } from './library-empty.tsx';
import { LibraryFilters } from './library-filters.tsx';
import {
  hasFilters,
  isSearch,
  orderOf,
  placeOf,
  type Search,
  searchOf,
  showOrder,
  showSearch,
  showWords,
} from './library-route.ts';
import { Listing } from './listing.tsx';
import { SearchField } from './search-field.tsx';
import { type Rows, useFolder, useFound, usePeers } from './use-rows.ts';
import './library.css';

/** Everything that the network shares: searched as one types, or browsed by peer and folder. */
export function LibraryPage(): ReactNode {
  const { query } = useRoute();
  const search = searchOf(query);
  return (
    <Page
      title="Library"
      head={<SearchField words={search.words} onChange={showWords} />}
      tools={<ShareButton />}
    >
      {isSearch(search) ? <Searching search={search} /> : <Browsing search={search} />}
      <Uploads />
      <DropZone />
    </Page>
  );
}

function Searching({ search }: { readonly search: Search }): ReactNode {
  const found = useFound(search, true);
  return (
    <Listing
      shown={found}
      words={search.words}
      arePeers={false}
      areFound
      head={<Found rows={found} search={search} />}
      whole={undefined}
      empty={<NothingFound search={search} />}
    />
  );
}

/** The list of peers, or a folder of one. */
function Browsing({ search }: { readonly search: Search }): ReactNode {
  const route = useRoute();
  const order = orderOf(route.query);
  const place = placeOf(route);
  const arePeers = place.peer === '';
  const filters = arePeers ? NO_FILTERS : { ...search, peer: '' };
  const isNarrowed = hasFilters(filters);
  const [jump, setJump] = useState({ rest: route.rest, text: '' });
  const text = jump.rest === route.rest ? jump.text : '';
  const folder = useFolder(place, !arePeers, isNarrowed || !isAsListed(order) || text !== '');
  const peers = usePeers();
  const shown = arePeers ? peers : folder;
  const asked = JSON.stringify([filters, order]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are made anew each time, and say the same
  const rows = useMemo(
    () =>
      shown.rows &&
      (arePeers && isAsListed(order) ? shown.rows : arrange(shown.rows, filters, order, Date.now())),
    [shown.rows, asked, arePeers],
  );
  const found = useMemo(() => placeOfName(rows ?? [], text), [rows, text]);
  return (
    <Listing
      key={route.rest}
      shown={{ ...shown, rows, total: shown.isMore ? -1 : (rows?.length ?? 0) }}
      words=""
      arePeers={arePeers}
      areFound={false}
      jumpTo={found}
      order={order}
      head={<Breadcrumbs place={place} />}
      whole={isNarrowed || place.folder === '' ? undefined : `${place.peer}:${place.folder}/`}
      bar={
        <BrowseBar
          {...{ search: filters, order, arePeers, onSearch: showSearch, onOrder: showOrder }}
          read={shown.rows?.length ?? 0}
          shown={rows?.length ?? 0}
          isMore={shown.isMore}
          isReading={shown.isReading}
          isFound={text === '' ? undefined : found >= 0 || shown.isReading}
          onJump={(to) => setJump({ rest: route.rest, text: to })}
        />
      }
      empty={
        arePeers ? (
          <NobodyShares />
        ) : isNarrowed && shown.rows && shown.rows.length > 0 ? (
          <NothingFits search={search} />
        ) : (
          <EmptyFolder isShares={place.folder === ''} />
        )
      }
    />
  );
}

function Found({ rows, search }: { readonly rows: Rows; readonly search: Search }): ReactNode {
  const status = useLiveStatus();
  const count = rows.isMore ? `More than ${formatNumber(rows.total)} files` : formatCount(rows.total, 'file');
  return (
    <div className="library-found">
      <LibraryFilters search={search} onChange={showSearch} />
      <p className="muted number one-line" role="status">
        {rows.rows ? count : rows.error ? '' : 'Searching…'}
        {status && (
          <span className="hidden-text"> in {formatCount(status.index.entries, 'entry', 'entries')}</span>
        )}
      </p>
    </div>
  );
}

const NO_FILTERS = searchOf(new URLSearchParams());
