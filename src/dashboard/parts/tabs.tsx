import type { ReactNode } from 'react';
import { formatNumber } from '../format/amounts.ts';

export interface Tab<Key extends string> {
  readonly key: Key;
  readonly title: string;
  readonly count?: number | undefined;
}

interface TabsProps<Key extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Key>[];
  readonly now: Key;
  readonly onChange: (key: Key) => void;
}

/** One of a few views of the same things, and how many each of them has. */
export function Tabs<Key extends string>({ label, tabs, now, onChange }: TabsProps<Key>): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div className="tabs" role="group" aria-label={label}>
      {tabs.map(({ key, title, count }) => (
        <button key={key} type="button" aria-pressed={key === now} onClick={() => onChange(key)}>
          {title}
          {count !== undefined && <span className="badge">{formatNumber(count)}</span>}
        </button>
      ))}
    </div>
  );
}
