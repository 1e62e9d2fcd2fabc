import type { KeyboardEvent } from 'react';

/** For a field above a table: arrow down and Enter go to its rows. */
export function focusTable(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
  const table = document.querySelector<HTMLElement>('.page [role="grid"]');
  if (!table) return;
  event.preventDefault();
  table.focus();
}
