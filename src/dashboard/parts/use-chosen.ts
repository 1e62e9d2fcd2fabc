import { useMemo, useState } from 'react';

export interface Chosen {
  /** Those that are still there. */
  readonly keys: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
  readonly set: (keys: Iterable<string>) => void;
}

/** Which rows are chosen; one that is gone is chosen no more. */
export function useChosen(isThere: (key: string) => boolean): Chosen {
  const [all, setAll] = useState<ReadonlySet<string>>(() => new Set());
  const keys = useMemo(() => new Set([...all].filter(isThere)), [all, isThere]);
  return {
    keys,
    toggle: (key) =>
      setAll((before) => {
        const after = new Set(before);
        if (!after.delete(key)) after.add(key);
        return after;
      }),
    set: (some) => setAll(new Set(some)),
  };
}
