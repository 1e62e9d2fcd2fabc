import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'peerdex-theme';
const listeners = new Set<() => void>();

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, theme);

export function setTheme(to: Theme): void {
  localStorage.setItem(KEY, to);
  applyTheme();
  for (const listener of listeners) listener();
}

/** Without an attribute the system decides, see tokens.css. */
export function applyTheme(): void {
  const now = theme();
  if (now === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = now;
}

function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((one) => one === kept) ?? 'system';
}
