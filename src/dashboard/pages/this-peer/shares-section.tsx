import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Status } from '../../../protocol/http/local/status.ts';
import { api } from '../../api/client.ts';
import { formatCount, formatSize } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { Section } from '../../parts/section.tsx';
import { ShareRow } from './share-row.tsx';

/** While one runs. */
const VERIFIED_EVERY_MS = 1000;
const VERIFICATION = ['verification'];

interface SharesSectionProps {
  readonly shares: Status['shares'];
  /** The folder that stays shared. */
  readonly downloads: string;
  readonly onAdd: () => void;
}

export function SharesSection({ shares, downloads, onAdd }: SharesSectionProps): ReactNode {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: VERIFICATION,
    queryFn: ({ signal }) => api.verification({}, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.shares.some((share) => share.state === 'running') ? VERIFIED_EVERY_MS : false,
  });
  const files = shares.reduce((sum, share) => sum + (share.state === 'paused' ? 0 : share.files), 0);
  const bytes = shares.reduce((sum, share) => sum + (share.state === 'paused' ? 0 : share.bytes), 0);
  const onlyDownloads = shares.every(({ path }) => path === downloads);
  return (
    <Section
      wide
      title="Shares"
      tools={<span className="muted">{`${formatCount(files, 'file')}, ${formatSize(bytes)}`}</span>}
    >
      <ul className="shares">
        {shares.map((share) => (
          <ShareRow
            key={share.path}
            share={share}
            isDownloads={share.path === downloads}
            verified={data?.shares.find(({ share: name }) => name === share.name)}
            onVerified={() => void client.invalidateQueries({ queryKey: VERIFICATION })}
          />
        ))}
      </ul>
      {onlyDownloads && (
        <div className="shares-empty">
          <p className="muted">
            Only what was downloaded is shared so far. Share a folder, and everybody in the network finds what
            lies in it.
          </p>
          <Button label="Choose a folder…" icon="folder" onPress={onAdd} />
        </div>
      )}
    </Section>
  );
}
