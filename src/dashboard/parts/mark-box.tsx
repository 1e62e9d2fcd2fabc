import type { ReactNode } from 'react';
import './mark-box.css';

interface MarkBoxProps {
  /** What is chosen by it. */
  readonly name: string;
  readonly isMarked: boolean;
  /** `isRange`: with all from the one before. */
  readonly onMark: (isRange: boolean) => void;
}

/** The box of a row by which several are chosen, as large as a finger. By keyboard the table does it, with Space. */
export function MarkBox({ name, isMarked, onMark }: MarkBoxProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: it only keeps the row from being opened
    <label className="mark-box" onClick={(event) => event.stopPropagation()}>
      <input
        type="checkbox"
        aria-label={`Choose ${name}`}
        tabIndex={-1}
        checked={isMarked}
        onChange={() => {}}
        onClick={(event) => {
          event.stopPropagation();
          onMark(event.shiftKey);
        }}
      />
    </label>
  );
}
