import type { ReactNode } from 'react';
import { focusTable } from './focus-table.ts';
import { Icon } from './icon.tsx';

interface FilterFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** `/` goes to it; false where the page has a field that searches more. */
  readonly isSearch?: boolean;
}

/** A field that narrows what a page shows as one types. `/` finds it; arrow down and Enter go to the table. */
export function FilterField({ label, value, onChange, isSearch = true }: FilterFieldProps): ReactNode {
  return (
    <span className="filter-field">
      <Icon name="search" />
      <input
        type="search"
        data-search={isSearch ? '' : undefined}
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={focusTable}
      />
    </span>
  );
}
