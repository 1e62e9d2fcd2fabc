import { escapeText } from './escape.ts';
import { shorten, textWidth } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the terminal is too narrow; a number is the width that it keeps as long as another column can be left out. */
  readonly shrinks?: boolean | number;
  /** So many characters of the beginning say enough, of an id for one: on a narrow terminal the rest is cut off. */
  readonly beginning?: number;
  /** Left out on a narrow terminal; the highest number first. */
  readonly spare?: number;
  /**
   * Applied to the cell after it was escaped, shortened and padded; must not change its width. `text` is the whole of what is shown
   * in part.
   */
  readonly style?: (cell: string, text: string) => string;
}

const GAP = '  ';
const NARROWEST = 8;
const WANTED = 16;

/** Lines of a table with a head line. Cells are escaped here. Without `width` nothing is shortened. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): string[] {
  const cells = rows.map((row) => row.map(escapeText));
  const layout = layOut(columns, cells, width);
  const line = (row: readonly string[], styled: boolean) =>
    layout
      .map(({ column, index, room }, i) => {
        const text = row[index] ?? '';
        const cell = pad(cut(text, room, column), room, column.align, i === layout.length - 1);
        return styled && column.style ? column.style(cell, text) : cell;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      false,
    ),
    ...cells.map((row) => line(row, true)),
  ];
}

interface Place {
  readonly column: Column;
  readonly index: number;
  room: number;
}

/** Columns with the room that each gets: all of it, or ids cut and names shortened, or with columns left out. */
function layOut(columns: readonly Column[], cells: readonly (readonly string[])[], width?: number): Place[] {
  let places = columns.map((column, index): Place => {
    const room = cells.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), 0);
    return { column, index, room: Math.max(room, textWidth(column.title)) };
  });
  if (width === undefined || excess(places, width) <= 0) return places;
  for (const place of places) {
    const { beginning, title } = place.column;
    if (beginning !== undefined) place.room = Math.min(place.room, Math.max(beginning, title.length));
  }
  while (excess(atLeast(places), width) > 0) {
    const spare = Math.max(0, ...places.map(({ column }) => column.spare ?? 0));
    if (spare === 0) break;
    places = places.filter(({ column }) => column.spare !== spare);
  }
  shrink(places, width);
  return places;
}

/** The narrowest that is still good to read. */
const atLeast = (places: readonly Place[]): Place[] =>
  places.map((place) => {
    const { shrinks } = place.column;
    if (!shrinks) return place;
    return { ...place, room: Math.min(place.room, shrinks === true ? WANTED : shrinks) };
  });

const excess = (places: readonly Place[], width: number): number =>
  places.reduce((sum, { room }) => sum + room, GAP.length * (places.length - 1)) - width;

/** Takes what is too much from the widest of the columns that shrink, and again. */
function shrink(places: readonly Place[], width: number): void {
  const willing = places.filter(({ column }) => column.shrinks);
  for (let over = excess(places, width); over > 0; over = excess(places, width)) {
    const widest = willing.reduce<Place | undefined>(
      (best, place) => (place.room > (best?.room ?? NARROWEST) ? place : best),
      undefined,
    );
    if (!widest) return;
    const next = Math.max(NARROWEST, ...willing.map(({ room }) => (room < widest.room ? room : 0)));
    widest.room = Math.max(next, widest.room - over, NARROWEST);
  }
}

function cut(text: string, room: number, { beginning }: Column): string {
  return beginning !== undefined && text.length > room ? text.slice(0, room) : shorten(text, room);
}

function pad(cell: string, width: number, align: Column['align'], last: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(cell)));
  if (align === 'right') return space + cell;
  return last ? cell : cell + space;
}
