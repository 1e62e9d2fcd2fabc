import type { ReactNode } from 'react';

/** Drawn here, 24 by 24, in the colour of the text around them. They say nothing to a screen reader: words stand beside. */
const SHAPES = {
  transfers: 'M7 4v13m0 0-3.5-3.5M7 17l3.5-3.5M17 20V7m0 0-3.5 3.5M17 7l3.5 3.5',
  library: 'M4 5h5v14H4zM9 5h5v14H9zM14.5 6l4-1 3 13.5-4 1z',
  peers:
    'M12 5.5a2 2 0 1 0 .01 0M5 16.5a2 2 0 1 0 .01 0M19 16.5a2 2 0 1 0 .01 0M11 9l-4.6 7M13 9l4.6 7M7.5 18.500h9',
  peer: 'M4 5h16v11H4zM9 20h6M12 16v4',
  registry: 'M4 5h16v5H4zM4 14h16v5H4zM7.500 7.500h.01M7.500 16.500h.01',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.500l10 6.500-10 6.500z',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  again: 'M19 12a7 7 0 1 1-2.100-5M17.500 3.500V7.500h-4',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  search: 'M10.500 4.500a6 6 0 1 0 .01 0M15 15l5 5',
  warning: 'M12 4 3 19.500h18zM12 10v4.500M12 17h.01',
  sun: 'M12 8a4 4 0 1 0 .01 0M12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400',
  moon: 'M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z',
  system: 'M4 5h16v11H4zM9 20h6M12 5v11',
  out: 'M14 5H5v14h9M10 12h10m0 0-3.500-3.500M20 12l-3.500 3.500',
  up: 'M12 19V6m0 0-5 5M12 6l5 5',
  down: 'M12 5v13m0 0-5-5M12 18l5-5',
  file: 'M6 3.500h8l4 4v13H6zM14 3.500v4h4',
  copy: 'M8.500 8.500h11v11h-11zM8.500 15.500h-4v-11h11v4',
  filter: 'M4 6h16M7 12h10M10 18h4',
  folder: 'M3.500 6h6l2 2.500h9v10h-17z',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
