import { useSyncExternalStore } from 'react';

/** Where the page is: `#/peers/lab-7?sort=name` is `peers`, rest `lab-7`, query `sort=name`. */
export interface Route {
  readonly page: string;
  /** Decoded; empty for the page itself. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

export const useRoute = (): Route => parseRoute(useSyncExternalStore(onHashChange, () => location.hash));

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...rest] = path.split('/').map(decode);
  return { page, rest: rest.join('/'), query: new URLSearchParams(query) };
}

/** For `href`, so that links are links. Every part of `rest` is encoded. */
export function routeTo(page: string, rest = '', query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query);
  const path = [page, ...(rest === '' ? [] : rest.split('/'))].map(encodeURIComponent).join('/');
  return search.size > 0 ? `#/${path}?${search}` : `#/${path}`;
}

/** Goes there; with `replace` without a step in the history, for what changes as one types. */
export function goTo(route: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (!replace) {
    location.hash = route;
    return;
  }
  history.replaceState(null, '', route);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

const listeners = new Set<() => void>();

/** One listener of the window for all: with one each, a page would be drawn with the address of another before it is left. */
function onHashChange(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('hashchange', tellAll);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('hashchange', tellAll);
  };
}

function tellAll(): void {
  for (const listener of [...listeners]) listener();
}

/** Whatever stands in the address. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
