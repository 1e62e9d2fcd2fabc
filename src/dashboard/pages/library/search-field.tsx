import { type ReactNode, useEffect, useRef, useState } from 'react';
import { focusTable } from '../../parts/focus-table.ts';
import { Icon } from '../../parts/icon.tsx';

/** Short enough that nobody notices it, long enough that a word typed quickly is one search. */
const PAUSE_MS = 60;

/** Searches as one types. Arrow down and Enter go to the results. */
export function SearchField({
  words,
  onChange,
}: {
  readonly words: string;
  readonly onChange: (words: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(words);
  const told = useRef(words);
  useEffect(() => {
    // The address has changed by itself: back, or a link.
    if (words !== told.current) setTyped(words);
    told.current = words;
  }, [words]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      onChange(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onChange]);
  return (
    <div className="search-field">
      <Icon name="search" />
      <input
        type="search"
        data-search=""
        aria-label="Search the whole network"
        placeholder="Search the whole network"
        maxLength={500}
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={focusTable}
      />
      <span className="key" aria-hidden="true">
        /
      </span>
    </div>
  );
}
