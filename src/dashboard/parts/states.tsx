import type { ReactNode } from 'react';
import { isApiError } from '../api/client.ts';
import { Icon, type IconName } from './icon.tsx';

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
}

/** Where there is nothing yet. */
export function Empty({ icon, title, children }: EmptyProps): ReactNode {
  return (
    <div className="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

/** What happened, and what can be done. */
export function ErrorNote({ error }: { readonly error: unknown }): ReactNode {
  const hint = isApiError(error) ? error.hint : undefined;
  return (
    <div className="error-note" role="alert">
      <Icon name="warning" />
      <div>
        <p>{messageOf(error)}</p>
        {hint && <p className="muted">{hint}</p>}
      </div>
    </div>
  );
}

/** Stands where rows will be, as high as they are. */
export function Skeleton({ rows = 6 }: { readonly rows?: number }): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <i key={i} style={{ width: `${90 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
