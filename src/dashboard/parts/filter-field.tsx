import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface FilterFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field that narrows what a page shows as one types. `/` finds it. */
export function FilterField({ label, value, onChange }: FilterFieldProps): ReactNode {
  return (
    <span className="filter-field">
      <Icon name="search" />
      <input
        type="search"
        data-search=""
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  );
}
