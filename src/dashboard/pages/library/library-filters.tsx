import { type ReactNode, useState } from 'react';
import { useLivePeers } from '../../api/live.ts';
import { Button } from '../../parts/button.tsx';
import { hasFilters, type Order, type Search, TYPE_GROUPS, type TypeGroup } from './library-route.ts';
import { referenceOf } from './library-row.ts';

const MB = 1_000_000;
const SIZES: readonly (readonly [title: string, min: number | undefined, max: number | undefined])[] = [
  ['Any size', undefined, undefined],
  ['Up to 1 MB', undefined, MB],
  ['1 to 100 MB', MB, 100 * MB],
  ['100 MB to 1 GB', 100 * MB, 1000 * MB],
  ['1 GB and more', 1000 * MB, undefined],
];
const AGES: readonly (readonly [title: string, days: number | undefined])[] = [
  ['Any time', undefined],
  ['Last day', 1],
  ['Last week', 7],
  ['Last month', 30],
  ['Last year', 365],
];
const MOST_PEERS = 1000;

interface LibraryFiltersProps {
  readonly search: Search;
  readonly onChange: (to: Search) => void;
  /** Where there is a choice of it. */
  readonly order?: Order;
  readonly onOrder?: (order: Order) => void;
  /** A folder is one peer's; of peers there is only the order. */
  readonly shows?: 'search' | 'folder' | 'order';
}

const ORDERS: readonly (readonly [title: string, key: Order['key'], descending: boolean])[] = [
  ['By name', 'name', false],
  ['By name, from the end', 'name', true],
  ['Largest first', 'size', true],
  ['Smallest first', 'size', false],
  ['Newest first', 'modified', true],
  ['Oldest first', 'modified', false],
];

/** What narrows a list, and its order. On a phone behind a button. */
export function LibraryFilters({
  search,
  onChange,
  order,
  onOrder,
  shows = 'search',
}: LibraryFiltersProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const isSet = hasFilters(search) || (order !== undefined && (order.key !== 'name' || order.descending));
  return (
    <>
      <div className="library-filters-button" data-set={isSet ? '' : undefined}>
        <Button
          label={isSet ? 'Filters are set' : 'Filters'}
          icon="filter"
          iconOnly
          onPress={() => setOpen(!isOpen)}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own */}
      <div className="library-filters" role="group" aria-label="Filters" data-open={isOpen ? '' : undefined}>
        {order && onOrder && (
          <Choice
            label="Order"
            value={String(
              ORDERS.findIndex(([, key, descending]) => key === order.key && descending === order.descending),
            )}
            onChange={(at) => {
              const [, key, descending] = ORDERS[Number(at)]!;
              onOrder({ key, descending });
            }}
            options={ORDERS.flatMap(([title, key], i) =>
              shows === 'order' && key === 'modified' ? [] : [[String(i), title] as const],
            )}
          />
        )}
        {shows !== 'order' && <Narrowing search={search} onChange={onChange} shows={shows} />}
      </div>
    </>
  );
}

function Narrowing({ search, onChange, shows }: LibraryFiltersProps): ReactNode {
  const peers = [...(useLivePeers()?.values() ?? [])].slice(0, MOST_PEERS).map(referenceOf);
  const isKnown = search.peer === '' || peers.includes(search.peer);
  const size = SIZES.findIndex(([, min, max]) => min === search.min && max === search.max);
  return (
    <>
      <Choice
        label="Type"
        value={search.type}
        onChange={(type) => onChange({ ...search, type: type as TypeGroup | '' })}
        options={[
          ['', 'Any type'],
          ...Object.entries(TYPE_GROUPS).map(([key, [title]]) => [key, title] as const),
        ]}
      />
      <Choice
        label="Size"
        value={size < 0 ? 'other' : String(size)}
        onChange={(at) => {
          const [, min, max] = SIZES[Number(at)]!;
          onChange({ ...search, min, max });
        }}
        options={[
          ...(size < 0 ? [['other', 'As in the address'] as const] : []),
          ...SIZES.map(([title], i) => [String(i), title] as const),
        ]}
      />
      <Choice
        label="Modified"
        value={String(search.days ?? '')}
        onChange={(days) => onChange({ ...search, days: days === '' ? undefined : Number(days) })}
        options={AGES.map(([title, days]) => [String(days ?? ''), title] as const)}
      />
      {shows !== 'folder' && (
        <Choice
          label="Peer"
          value={search.peer}
          onChange={(peer) => onChange({ ...search, peer })}
          options={[
            ['', 'Every peer'],
            ...(isKnown ? [] : [[search.peer, search.peer] as const]),
            ...peers.map((peer) => [peer, peer] as const),
          ]}
        />
      )}
      <input
        className="library-ext"
        type="text"
        aria-label="File endings"
        placeholder="pdf, txt"
        maxLength={200}
        value={search.ext}
        onChange={({ target }) => onChange({ ...search, ext: target.value })}
      />
      {hasFilters(search) && (
        <Button
          label="Clear"
          kind="plain"
          onPress={() =>
            onChange({
              words: search.words,
              peer: '',
              type: '',
              ext: '',
              min: undefined,
              max: undefined,
              days: undefined,
            })
          }
        />
      )}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, title: string])[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps): ReactNode {
  return (
    <select
      aria-label={label}
      className="name"
      data-set={value !== options[0]![0] ? '' : undefined}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      {options.map(([key, title]) => (
        <option key={key} value={key}>
          {title}
        </option>
      ))}
    </select>
  );
}
