import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { INDEX_KEY, useLivePeers } from '../../api/live.ts';
import { compareNames } from '../../parts/use-sorted.ts';
import { findQuery, type Place, type Search } from './library-route.ts';
import { foundRow, type LibraryRow, listedRow, peerRow } from './library-row.ts';

export interface Rows {
  /** Those that were asked for so far; undefined until something is known. */
  readonly rows: readonly LibraryRow[] | undefined;
  /** How many there are, as far as is known. */
  readonly total: number;
  /** There are more than `total`. */
  readonly isMore: boolean;
  readonly error: Error | null;
  /** What is shown answers an earlier question, or may be old. */
  readonly isOld: boolean;
  readonly onReach: (index: number) => void;
  readonly refresh: () => void;
  /** The rest of a folder is being asked for. */
  readonly isReading: boolean;
}

const FOUND_PAGE = 100;
/** No page lies behind so many: who has not found it there needs another word. */
const MOST_FOUND = 10_000;
const LISTED_PAGE = 1000;
/** Of a folder that is put into another order, 200,000 entries. */
const MOST_WHOLE_PAGES = 200;
/** Rows before the end at which more are asked for. */
const AHEAD = 60;
/** With more pages than this nothing is asked again by itself: it would be many requests, and rows would move under the eyes. */
const FEW_PAGES = 3;

/** What a search finds, page by page. */
export function useFound(search: Search, isOn: boolean): Rows {
  const query = findQuery(search, Date.now());
  const asked = useInfiniteQuery({
    queryKey: ['library', 'found', query],
    queryFn: ({ pageParam, signal }) =>
      timed(() =>
        api.find({ query: { ...query, limit: FOUND_PAGE, offset: pageParam, holders: 1 } }, { signal }),
      ),
    initialPageParam: 0,
    // What was deleted meanwhile is missing in a page, which is not the last for that.
    getNextPageParam: ({ results, total, more }, pages) => {
      const had = pages.length * FOUND_PAGE;
      const isLast = results.length === 0 || (had >= total && !more);
      return isLast || had >= MOST_FOUND ? undefined : had;
    },
    placeholderData: keepPreviousData,
    enabled: isOn,
  });
  const rows = useMemo(
    () => uniqueRows(asked.data?.pages.flatMap(({ results }) => kept(results, () => results.map(foundRow)))),
    [asked.data],
  );
  const { total = 0, more = false } = asked.data?.pages.at(-1) ?? {};
  return { rows, total, isMore: more, isReading: false, ...usePaging(asked, rows?.length ?? 0) };
}

/** What lies in a folder of a peer, page by page; with `whole` all of it, up to what a browser can hold. */
export function useFolder(place: Place, isOn: boolean, whole: boolean): Rows {
  const where = place.folder === '' ? place.peer : `${place.peer}:${place.folder}`;
  const asked = useInfiniteQuery({
    queryKey: ['library', 'folder', where],
    queryFn: ({ pageParam, signal }) =>
      timed(() =>
        api.ls(
          { query: { where, limit: LISTED_PAGE, ...(pageParam === '' ? {} : { from: pageParam }) } },
          { signal },
        ),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    enabled: isOn && place.peer !== '',
  });
  const { peer, folder } = place;
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = asked;
  const pages = asked.data?.pages.length ?? 0;
  const isReading = whole && isOn && hasNextPage && pages < MOST_WHOLE_PAGES;
  useEffect(() => {
    if (isReading && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [isReading, isFetchingNextPage, isError, fetchNextPage]);
  const rows = useMemo(
    () =>
      uniqueRows(
        asked.data?.pages.flatMap(({ entries }) =>
          kept(entries, () => entries.map((entry) => listedRow(entry, { peer, folder }))),
        ),
      ),
    [asked.data, peer, folder],
  );
  return {
    rows,
    total: rows?.length ?? 0,
    isMore: asked.hasNextPage,
    isReading,
    ...usePaging(asked, rows?.length ?? 0),
  };
}

/** All active peers, live; none while they are not on. */
export function usePeers(isOn: boolean): Rows {
  const live = useLivePeers();
  const peers = isOn ? live : undefined;
  const rows = useMemo(
    () =>
      peers &&
      [...peers.values()]
        .toSorted((a, b) => Number(b.self) - Number(a.self) || compareNames(a.name, b.name))
        .map(peerRow),
    [peers],
  );
  const nothing = useCallback(() => {}, []);
  return {
    rows,
    total: rows?.length ?? 0,
    isMore: false,
    isReading: false,
    error: null,
    isOld: false,
    onReach: nothing,
    refresh: nothing,
  };
}

interface Asked {
  readonly data: { readonly pages: readonly Timed[] } | undefined;
  readonly error: Error | null;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isPlaceholderData: boolean;
  readonly isEnabled: boolean;
  readonly fetchNextPage: () => unknown;
  readonly refetch: (options?: { readonly cancelRefetch: boolean }) => unknown;
}

function usePaging(asked: Asked, count: number): Pick<Rows, 'error' | 'isOld' | 'onReach' | 'refresh'> {
  const { hasNextPage, isFetchingNextPage, fetchNextPage, refetch, isPlaceholderData, isEnabled } = asked;
  const pages = asked.data?.pages.length ?? 0;
  const oldest = Math.min(...(asked.data?.pages.map((page) => page.asked) ?? []));
  const changed = useIndexChange();
  const isStale = changed > oldest;
  // What is being asked comes first, and is asked for again when it is too old: else a slow answer never comes.
  useEffect(() => {
    if (changed > oldest && isEnabled && pages <= FEW_PAGES) void refetch({ cancelRefetch: false });
  }, [changed, oldest, isEnabled, pages, refetch]);
  const onReach = useCallback(
    (index: number) => {
      if (index >= count - AHEAD && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    [count, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  const refresh = useCallback(() => void refetch(), [refetch]);
  return { error: asked.error, isOld: isPlaceholderData || (isStale && pages > FEW_PAGES), onReach, refresh };
}

/** When the index of anybody changed last, milliseconds since 1970; 0 before that was told. */
const useIndexChange = (): number =>
  useQuery({ queryKey: [INDEX_KEY, 'changed'], queryFn: () => Date.now(), initialData: 0 }).data;

interface Timed {
  /** Milliseconds since 1970: what changed later it may not know, whenever it came. */
  readonly asked: number;
}

async function timed<Answer extends object>(ask: () => Promise<Answer>): Promise<Answer & Timed> {
  const asked = Date.now();
  return { ...(await ask()), asked };
}

const rowsOfPages = new WeakMap<object, readonly LibraryRow[]>();

/** The rows of a page stay the same ones when another page comes or the same one again, so that they are not drawn again. */
function kept(page: object, make: () => readonly LibraryRow[]): readonly LibraryRow[] {
  const rows = rowsOfPages.get(page) ?? make();
  rowsOfPages.set(page, rows);
  return rows;
}

/** Pages that were asked for at different times may overlap. */
function uniqueRows(rows: readonly LibraryRow[] | undefined): readonly LibraryRow[] | undefined {
  return rows && [...new Map(rows.map((row) => [row.key, row])).values()];
}
