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
function wanted({ column: { shrinks }, room }: Place): number {
  return shrinks ? Math.min(room, shrinks === true ? WANTED : shrinks) : room;
}

const atLeast = (places: readonly Place[]): Place[] =>
  places.map((place) => ({ ...place, room: wanted(place) }));

const excess = (places: readonly Place[], width: number): number =>
  places.reduce((sum, { room }) => sum + room, GAP.length * (places.length - 1)) - width;

/** Takes what is too much from where most is above what is wanted, and only then from what is wanted. */
function shrink(places: readonly Place[], width: number): void {
  const willing = places.filter(({ column }) => column.shrinks);
  takeFrom(willing, excess(places, width), wanted);
  takeFrom(willing, excess(places, width), ({ room }) => Math.min(room, NARROWEST));
}

/** Column by column, so that all that give end as far above their `floor` as the others. */
function takeFrom(places: readonly Place[], over: number, floor: (place: Place) => number): void {
  const floors = new Map(places.map((place) => [place, floor(place)]));
  const above = (place: Place) => place.room - floors.get(place)!;
  for (let left = over; left > 0; left -= 1) {
    const most = places.reduce<Place | undefined>(
      (best, place) => (above(place) > (best ? above(best) : 0) ? place : best),
      undefined,
    );
    if (!most) return;
    most.room -= 1;
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
