import { useSyncExternalStore } from 'react';

/** As in the style sheets: a phone, or a window as narrow as one. */
const query = matchMedia('(max-width: 720px)');

export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => query.matches,
  );
