import { goTo, parseRoute, type Route, routeTo } from '../../shell/route.ts';

/** What is looked for; all of it stands in the address. */
export interface Search {
  readonly words: string;
  /** Name or id. */
  readonly peer: string;
  readonly type: TypeGroup | '';
  /** As typed, with commas or spaces between them. */
  readonly ext: string;
  /** Bytes. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Modified within so many days. */
  readonly days: number | undefined;
}

export const TYPE_GROUPS = {
  image: ['Pictures', 'avif,bmp,gif,heic,jpeg,jpg,png,psd,raw,svg,tif,tiff,webp'],
  audio: ['Sound', 'aac,aif,aiff,ape,flac,m4a,mid,mka,mp3,oga,ogg,opus,wav,wma'],
  video: ['Film', '3gp,avi,flv,m2ts,m4v,mkv,mov,mp4,mpeg,mpg,ogv,ts,webm,wmv'],
  document: [
    'Documents',
    'csv,djvu,doc,docx,epub,htm,html,md,mobi,odp,ods,odt,pdf,ppt,pptx,rtf,tex,txt,xls,xlsx',
  ],
  archive: ['Archives', '7z,bz2,cab,gz,lz4,rar,tar,tgz,xz,zip,zst'],
  image_disk: ['Disk images', 'dmg,img,iso,ova,qcow2,vdi,vhd,vhdx,vmdk'],
  program: ['Programs', 'apk,appimage,deb,exe,jar,msi,pkg,rpm,run,sh'],
} as const satisfies Record<string, readonly [title: string, extensions: string]>;
export type TypeGroup = keyof typeof TYPE_GROUPS;

/** Where somebody browses: a peer, and the folder in it. */
export interface Place {
  /** Name or id; empty for the list of peers. */
  readonly peer: string;
  readonly folder: string;
}

export function placeOf({ rest }: Route): Place {
  const slash = rest.indexOf('/');
  if (slash < 0) return { peer: rest, folder: '' };
  return { peer: rest.slice(0, slash), folder: rest.slice(slash + 1).replace(/\/+$/, '') };
}

export const restOf = ({ peer, folder }: Place): string => (folder === '' ? peer : `${peer}/${folder}`);

/** Whatever stands in an address that somebody may have written by hand. */
export function searchOf(query: URLSearchParams): Search {
  const type = query.get('type') ?? '';
  return {
    words: query.get('q') ?? '',
    peer: query.get('peer') ?? '',
    type: Object.hasOwn(TYPE_GROUPS, type) ? (type as TypeGroup) : '',
    ext: query.get('ext') ?? '',
    min: countOf(query.get('min')),
    max: countOf(query.get('max')),
    days: countOf(query.get('days')),
  };
}

/** What is not asked for is left out. */
export function queryOf({ words, peer, type, ext, min, max, days }: Search): Record<string, string> {
  const all = { q: words, peer, type, ext, min, max, days };
  const said = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(said.map(([key, value]) => [key, String(value)]));
}

export const isSearch = ({ words }: Search): boolean => words.trim() !== '';

export const hasFilters = ({ peer, type, ext, min, max, days }: Search): boolean =>
  [peer, type, ext].some((text) => text !== '') || [min, max, days].some((value) => value !== undefined);

const HOUR_MS = 3_600_000;

/** Rows of a folder in another order than that of their names. */
export interface Order {
  readonly key: 'name' | 'size' | 'modified';
  readonly descending: boolean;
}

/** `?sort=-size`: the largest first. */
export function orderOf(query: URLSearchParams): Order {
  const [, minus, key] = /^(-?)(name|size|modified)$/.exec(query.get('sort') ?? '') ?? [];
  return { key: (key ?? 'name') as Order['key'], descending: minus === '-' };
}

const orderText = ({ key, descending }: Order): string =>
  key === 'name' && !descending ? '' : `${descending ? '-' : ''}${key}`;

/** As `find` is asked; `now`: milliseconds since 1970, of which whole hours count, so that the same question stays the same. */
export function findQuery(search: Search, now: number) {
  const { words, peer, min, max, days } = search;
  const extensions = extensionsOf(search);
  const since = days === undefined ? undefined : Math.floor(now / HOUR_MS) * HOUR_MS - days * 24 * HOUR_MS;
  return {
    words,
    ...(peer === '' ? {} : { peer }),
    ...(extensions.length === 0 ? {} : { ext: extensions.join(',') }),
    ...(min === undefined ? {} : { minSize: min }),
    ...(max === undefined ? {} : { maxSize: max }),
    ...(since === undefined ? {} : { newer: new Date(since).toISOString() }),
  };
}

/** Of which a file has to have one, in small letters; none where any will do. */
export function extensionsOf({ type, ext }: Search): readonly string[] {
  const typed = ext
    .toLowerCase()
    .split(/[\s,;.]+/)
    .filter(Boolean);
  const group = type === '' ? [] : TYPE_GROUPS[type][1].split(',');
  const both =
    typed.length > 0 && group.length > 0 ? typed.filter((one) => group.includes(one)) : [...typed, ...group];
  // Of two that exclude each other nothing is left, which is not the same as nothing asked for.
  return typed.length > 0 && group.length > 0 && both.length === 0 ? ['/'] : both;
}

/** Goes to a search in place of the one that is shown; the folder, its order and a file that is opened stay so. */
export function showSearch(search: Search, order: Order = orderOf(queryNow())): void {
  const { rest, query: now } = routeNow();
  const file = now.get('file');
  const sort = orderText(order);
  const query = {
    ...queryOf(search),
    ...(sort === '' ? {} : { sort }),
    ...(file === null ? {} : { file }),
  };
  goTo(routeTo('library', rest, query), { replace: true });
}

export const showOrder = (order: Order): void => showSearch(searchOf(queryNow()), order);

/** Other words, with the filters that are set now. */
export const showWords = (words: string): void => showSearch({ ...searchOf(queryNow()), words });

const routeNow = (): Route => parseRoute(location.hash);
const queryNow = (): URLSearchParams => routeNow().query;

/** The address of a place in the order and with the filters of now; what is searched for and opened is left. */
export function placeRoute(place: Place, query: URLSearchParams): string {
  const kept = Object.fromEntries(query);
  delete kept.q;
  delete kept.file;
  return routeTo('library', restOf(place), kept);
}

export const showPlace = (place: Place): void => goTo(placeRoute(place, queryNow()));

/** The same with a file opened, or none. */
export function showFile({ page, rest, query }: Route, content: string | undefined): void {
  const next = Object.fromEntries(query);
  delete next.file;
  goTo(routeTo(page, rest, content === undefined ? next : { ...next, file: content }), {
    replace: query.has('file') || content === undefined,
  });
}

function countOf(text: string | null): number | undefined {
  const value = /^\d{1,14}$/.test(text ?? '') ? Number(text) : undefined;
  return value === 0 ? undefined : value;
}
