import type { ReactNode } from 'react';
import { formatNumber, formatSize } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { getFiles } from './get-files.ts';
import type { LibraryRow } from './library-row.ts';

interface ChosenBarProps {
  readonly marked: readonly LibraryRow[];
  readonly all: readonly LibraryRow[];
  /** All of it, as `get` is asked; undefined where it is not one thing. */
  readonly whole: string | undefined;
  readonly onAll: () => void;
  readonly onNone: () => void;
}

/** What is chosen, and what can be done with it. Always there, so that nothing moves when something is. */
export function ChosenBar({ marked, all, whole, onAll, onNone }: ChosenBarProps): ReactNode {
  const bytes = marked.reduce((sum, { size }) => sum + size, 0);
  const get = () => {
    void getFiles(marked.flatMap(({ what }) => what ?? []));
    onNone();
  };
  if (marked.length === 0) {
    return (
      <div className="library-chosen">
        <Button label="Choose all shown" kind="plain" disabled={all.length === 0} onPress={onAll} />
        {whole !== undefined && all.length > 0 && (
          <Button label="Get this folder" icon="down" onPress={() => void getFiles([whole])} />
        )}
      </div>
    );
  }
  return (
    <div className="library-chosen">
      <span className="number" role="status">
        {formatNumber(marked.length)} chosen{bytes > 0 && `, ${formatSize(bytes)}`}
      </span>
      <Button label="Choose none" kind="plain" onPress={onNone} />
      <Button
        label={marked.length === 1 ? 'Get it' : `Get ${formatNumber(marked.length)}`}
        icon="down"
        kind="main"
        onPress={get}
      />
    </div>
  );
}
