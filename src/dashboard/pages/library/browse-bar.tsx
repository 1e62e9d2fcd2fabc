import { type ReactNode, useState } from 'react';
import { formatCount, formatNumber } from '../../format/amounts.ts';
import { FilterField } from '../../parts/filter-field.tsx';
import { LibraryFilters } from './library-filters.tsx';
import { hasFilters, type Order, type Search } from './library-route.ts';

interface BrowseBarProps {
  readonly search: Search;
  readonly order: Order;
  /** Of peers there is nothing but names and sizes. */
  readonly arePeers: boolean;
  /** Entries that were read so far, and those that are shown of them. */
  readonly read: number;
  readonly shown: number;
  /** There is more to read. */
  readonly isMore: boolean;
  readonly isReading: boolean;
  /** Whether the name that was typed last is there; undefined while none was. */
  readonly isFound: boolean | undefined;
  readonly onSearch: (search: Search) => void;
  readonly onOrder: (order: Order) => void;
  readonly onJump: (text: string) => void;
}

/** What narrows a folder and orders it, and a field that goes to a name. */
export function BrowseBar(props: BrowseBarProps): ReactNode {
  const { search, order, arePeers, onSearch, onOrder, onJump } = props;
  const [text, setText] = useState('');
  const jump = (to: string) => {
    setText(to);
    onJump(to);
  };
  return (
    <div className="library-browse">
      <FilterField label="Jump to a name" value={text} onChange={jump} isSearch={false} />
      <LibraryFilters
        search={search}
        onChange={onSearch}
        order={order}
        onOrder={onOrder}
        shows={arePeers ? 'order' : 'folder'}
      />
      <p className="muted number one-line" role="status">
        {wordsOf(props)}
      </p>
    </div>
  );
}

function wordsOf({ arePeers, read, shown, isMore, isReading, isFound, search }: BrowseBarProps): string {
  if (isReading) return `Reading the folder, ${formatNumber(read)} so far…`;
  if (isFound === false) return 'No name has this';
  if (arePeers) return formatCount(shown, 'peer');
  const all = isMore ? `more than ${formatNumber(read)}` : formatNumber(read);
  if (hasFilters(search) && shown !== read) return `${formatNumber(shown)} of ${all}`;
  return isMore ? `${formatNumber(read)}+ entries` : formatCount(read, 'entry', 'entries');
}
