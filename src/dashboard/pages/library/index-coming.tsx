import type { ReactNode } from 'react';
import { useLiveStatus } from '../../api/live.ts';
import { formatCount } from '../../format/amounts.ts';

/** That not all is here yet that will be found and listed; nothing once it is. In a bar that is there anyway, so that nothing moves. */
export function IndexComing(): ReactNode {
  const coming = useLiveStatus()?.index.coming ?? 0;
  if (coming === 0) return null;
  const peers = formatCount(coming, 'peer');
  return (
    <p
      className="library-index-coming one-line"
      role="status"
      title={`What ${peers} share is still on its way here: it is found and listed as it comes.`}
    >
      Files of {peers} are still on their way
    </p>
  );
}
