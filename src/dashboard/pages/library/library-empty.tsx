import type { ReactNode } from 'react';
import { useLivePeers, useLiveStatus } from '../../api/live.ts';
import { formatNumber } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { hasFilters, type Search, showSearch } from './library-route.ts';

const NO_FILTERS = { peer: '', type: '', ext: '', min: undefined, max: undefined, days: undefined } as const;

/** A search that finds nothing: what may be done about it. */
export function NothingFound({ search }: { readonly search: Search }): ReactNode {
  const status = useLiveStatus();
  const peers = useLivePeers();
  if (peers && [...peers.values()].every(({ files }) => files === 0)) return <NobodyShares />;
  const others = [...(peers?.values() ?? [])].filter(({ self }) => !self).length;
  return (
    <Empty icon="search" title="No file bears these words">
      {hasFilters(search) ? (
        <>
          <p>The filters may leave it out.</p>
          <Button label="Search without filters" onPress={() => showSearch({ ...search, ...NO_FILTERS })} />
        </>
      ) : (
        <p>
          Every word has to be in the name of the file. {formatNumber(status?.index.entries ?? 0)} entries of{' '}
          {formatNumber(others + 1)} peers were searched; of a peer that has just come the index may still be
          on its way, and what it brings shows here by itself.
        </p>
      )}
    </Empty>
  );
}

export function NobodyShares(): ReactNode {
  return (
    <Empty icon="library" title="Nobody shares anything yet">
      <p>
        Drop files onto this page to share them, or share a folder with <code>peerdex share FOLDER</code>.
        What others share shows here by itself.
      </p>
    </Empty>
  );
}

export function NothingFits({ search }: { readonly search: Search }): ReactNode {
  return (
    <Empty icon="filter" title="No file here fits the filters">
      <Button label="Show all of the folder" onPress={() => showSearch({ ...search, ...NO_FILTERS })} />
    </Empty>
  );
}

export function EmptyFolder({ isShares }: { readonly isShares: boolean }): ReactNode {
  return (
    <Empty icon="folder" title={isShares ? 'This peer shares nothing yet' : 'This folder is empty'}>
      <p>What comes into it shows here by itself.</p>
    </Empty>
  );
}
