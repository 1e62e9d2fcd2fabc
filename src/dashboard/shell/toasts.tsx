import { type ReactNode, useSyncExternalStore } from 'react';
import { isApiError } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { messageOf } from '../parts/states.tsx';

interface Toast {
  readonly id: number;
  readonly kind: 'good' | 'bad';
  readonly text: string;
}

const GOOD_MS = 5000;
const BAD_MS = 15_000;
const MOST = 4;

let toasts: readonly Toast[] = [];
let next = 0;
const listeners = new Set<() => void>();

/** Says what was done. */
export const sayGood = (text: string): void => add('good', text);

/** Says what went wrong; for `onError` of a mutation. */
export const sayError = (error: unknown): void =>
  add('bad', [messageOf(error), isApiError(error) ? error.hint : undefined].filter(Boolean).join(' '));

/** Screen readers are told what comes; it goes by itself. */
export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <section className="toasts" aria-label="Messages" aria-live="polite">
      {shown.map(({ id, kind, text }) => (
        <div key={id} className="toast" data-kind={kind}>
          <p>{text}</p>
          <Button label="Dismiss" icon="close" iconOnly kind="plain" onPress={() => drop(id)} />
        </div>
      ))}
    </section>
  );
}

function add(kind: Toast['kind'], text: string): void {
  const id = next;
  next += 1;
  set([...toasts.filter((toast) => toast.text !== text), { id, kind, text }].slice(-MOST));
  setTimeout(() => drop(id), kind === 'good' ? GOOD_MS : BAD_MS);
}

const drop = (id: number): void => set(toasts.filter((toast) => toast.id !== id));

function set(now: readonly Toast[]): void {
  toasts = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
