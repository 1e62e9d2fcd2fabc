import type { ReactNode } from 'react';
import { formatSize, percentOf } from '../../format/amounts.ts';
import { formatAgo, formatTime } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { MarkBox } from '../../parts/mark-box.tsx';
import { Progress } from '../../parts/progress.tsx';
import { useNow } from '../../parts/use-now.ts';
import type { Column } from '../../parts/virtual-table.tsx';
import { getFiles } from './get-files.ts';
import { highlight } from './highlight.ts';
import type { LibraryRow } from './library-row.ts';
import type { Standing } from './use-standing.ts';

interface ColumnsOptions {
  readonly words: string;
  readonly standing: ReadonlyMap<string, Standing>;
  readonly isMarked: (row: LibraryRow) => boolean;
  readonly onMark: (row: LibraryRow, isRange: boolean) => void;
  /** Rows are peers: nothing of them can be chosen. */
  readonly arePeers: boolean;
  /** They say how many hold them. */
  readonly areFound: boolean;
}

export function libraryColumns(options: ColumnsOptions): readonly Column<LibraryRow>[] {
  const { words, standing, isMarked, onMark, arePeers, areFound } = options;
  const standingOf = ({ content }: LibraryRow) => (content === null ? undefined : standing.get(content));
  // What a search finds has an order of its own.
  const sortable = (sort: NonNullable<Column<LibraryRow>['sort']>) => (areFound ? {} : { sort });
  const all: (Column<LibraryRow> | false)[] = [
    !arePeers && {
      key: 'mark',
      title: '',
      label: 'Choose',
      width: '20px',
      cell: (row) => (
        <MarkBox name={row.name} isMarked={isMarked(row)} onMark={(isRange) => onMark(row, isRange)} />
      ),
    },
    {
      key: 'name',
      title: 'Name',
      width: 'minmax(180px, 1fr)',
      narrow: 'minmax(0, 1fr)',
      cell: (row, isNarrow) => <NameCell row={row} words={words} isNarrow={isNarrow} />,
      ...sortable(({ name }) => name),
    },
    areFound && {
      key: 'holders',
      title: 'Held by',
      width: '84px',
      align: 'right',
      from: 760,
      cell: ({ holders = 0 }) => (holders === 1 ? '1 peer' : `${holders} peers`),
    },
    {
      key: 'size',
      title: arePeers ? 'Shares' : 'Size',
      width: '84px',
      align: 'right',
      from: 640,
      cell: ({ kind, size }) => (kind === 'folder' ? '' : formatSize(size)),
      ...sortable(({ size }) => size),
    },
    !arePeers && {
      key: 'modified',
      title: 'Modified',
      width: '104px',
      align: 'right',
      from: 860,
      cell: ({ modified }) => modified && <Modified at={modified} />,
      ...sortable(({ modified }) => modified ?? ''),
    },
    !arePeers && {
      key: 'standing',
      title: '',
      label: 'Here',
      width: '112px',
      narrow: '48px',
      align: 'right',
      cell: (row, isNarrow) => <Stands row={row} standing={standingOf(row)} isNarrow={isNarrow} />,
    },
  ];
  return all.filter((column) => column !== false);
}

function NameCell({
  row,
  words,
  isNarrow,
}: {
  readonly row: LibraryRow;
  readonly words: string;
  readonly isNarrow: boolean;
}): ReactNode {
  const small = isNarrow ? [row.kind === 'folder' ? '' : formatSize(row.size), row.where] : [row.where];
  const line = small.filter(Boolean).join(' · ');
  return (
    <div className="library-name" title={row.name}>
      <Icon name={row.kind === 'file' ? 'file' : row.kind === 'peer' ? 'peer' : 'folder'} />
      <div>
        <strong className="one-line name">
          {highlight(row.name, words).map(({ text, isMatch }, i) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: they are drawn anew together
            isMatch ? <mark key={i}>{text}</mark> : text,
          )}
        </strong>
        {line && <span className="one-line muted name">{line}</span>}
      </div>
    </div>
  );
}

function Stands({
  row,
  standing,
  isNarrow,
}: {
  readonly row: LibraryRow;
  readonly standing: Standing | undefined;
  readonly isNarrow: boolean;
}): ReactNode {
  const { what } = row;
  if (standing?.is === 'here') {
    return (
      <span className="library-here">
        <Icon name="check" />
        <span className={isNarrow ? 'hidden-text' : undefined}>Here</span>
      </span>
    );
  }
  if (standing?.is === 'coming') {
    const percent = percentOf(standing.bytes, standing.size);
    return (
      <span className="library-coming">
        <span className="number">{percent} %</span>
        <Progress percent={percent} label={`Progress of ${row.name}`} />
      </span>
    );
  }
  if (what === undefined) return null;
  const label = row.kind === 'folder' ? `Get the folder ${row.name}` : `Get ${row.name}`;
  return <Button label={label} icon="down" iconOnly kind="plain" onPress={() => void getFiles([what])} />;
}

function Modified({ at }: { readonly at: string }): ReactNode {
  const now = useNow();
  return (
    <time className="muted" dateTime={at} title={formatTime(at)}>
      {formatAgo(at, now)}
    </time>
  );
}
