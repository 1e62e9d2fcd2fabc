import type { ReactNode } from 'react';

interface ProgressProps {
  /** Whole percents. */
  readonly percent: number;
  readonly kind?: 'good' | 'bad' | 'idle' | undefined;
  readonly label: string;
}

export function Progress({ percent, kind, label }: ProgressProps): ReactNode {
  return (
    <span
      className="progress"
      data-kind={kind}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <i style={{ transform: `scaleX(${percent / 100})` }} />
    </span>
  );
}
