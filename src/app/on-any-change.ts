/** Calls back when something changes. Returns what ends it. */
export type OnChange = (listener: () => void) => () => void;

/** Calls back when any of these changes; one that is not there yet does not. */
export const onAnyChange =
  (...each: readonly ((listener: () => void) => (() => void) | undefined)[]): OnChange =>
  (listener) => {
    const ends = each.map((begin) => begin(listener));
    return () => {
      for (const end of ends) end?.();
    };
  };
