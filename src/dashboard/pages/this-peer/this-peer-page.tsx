import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useAbout } from '../../api/about.ts';
import { api } from '../../api/client.ts';
import { useLiveStatus } from '../../api/live.ts';
import { formatCount } from '../../format/amounts.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { Page } from '../../shell/page.tsx';
import { sayError, sayGood } from '../../shell/toasts.tsx';
import { AboutSection } from './about-section.tsx';
import { AddShare } from './add-share.tsx';
import { InviteSection } from './invite-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import { SharesSection } from './shares-section.tsx';
import { ThroughputSection } from './throughput-section.tsx';
import './this-peer.css';

/** What this machine shares, how fast, and what it is. */
export function ThisPeerPage(): ReactNode {
  const status = useLiveStatus();
  const about = useAbout();
  const [adding, setAdding] = useState(false);
  const rescan = useMutation({
    mutationFn: () => api.rescan(),
    onError: sayError,
    onSuccess: ({ added, changed, deleted }) =>
      sayGood(
        added + changed + deleted === 0
          ? 'Nothing has changed.'
          : `${formatCount(added, 'file')} came, ${changed} changed, ${deleted} went.`,
      ),
  });
  const tools = (
    <>
      <Button
        label={rescan.isPending ? 'Looking…' : 'Rescan'}
        icon="again"
        disabled={rescan.isPending}
        onPress={() => rescan.mutate()}
      />
      <Button label="Share a folder" icon="plus" kind="main" onPress={() => setAdding(true)} />
    </>
  );
  return (
    <Page title="This peer" tools={tools}>
      <div className="page-body">
        {about.error && <ErrorNote error={about.error} />}
        {!status || !about.data ? (
          !about.error && <Skeleton rows={10} />
        ) : (
          <div className="sections">
            <SharesSection
              shares={status.shares}
              downloads={about.data.downloads}
              onAdd={() => setAdding(true)}
            />
            <ThroughputSection />
            <LimitsSection />
            <InviteSection about={about.data} />
            <AboutSection status={status} about={about.data} />
          </div>
        )}
      </div>
      {adding && <AddShare onClose={() => setAdding(false)} />}
    </Page>
  );
}
