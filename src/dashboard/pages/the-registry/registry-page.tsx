import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useAbout } from '../../api/about.ts';
import { api } from '../../api/client.ts';
import { NETWORK_KEY } from '../../api/live.ts';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Page } from '../../shell/page.tsx';
import { goTo, routeTo, useRoute } from '../../shell/route.ts';
import { Comings } from './comings.tsx';
import { Health } from './health.tsx';
import { Invites } from './invites.tsx';
import { mayCare } from './may-care.ts';
import { Members } from './members.tsx';
import './registry.css';

const TABS = [
  { key: 'peers', title: 'Peers' },
  { key: 'comings', title: 'Joins and leaves' },
  { key: 'invites', title: 'Invites' },
] as const;
type Tab = (typeof TABS)[number]['key'];
/** Leases are renewed without telling. */
const LEASES_EVERY_MS = 10_000;

/** The network as its registry sees it. `#/registry/invites`; `#/registry/peers/ID` shows one peer. */
export function RegistryPage(): ReactNode {
  const { rest } = useRoute();
  const [first, chosen] = rest.split('/', 2);
  const tab = TABS.find(({ key }) => key === first)?.key ?? 'peers';
  const about = useAbout();
  const peers = useQuery({
    queryKey: [NETWORK_KEY, 'peers'],
    queryFn: ({ signal }) => api.networkPeers({}, { signal }),
    refetchInterval: LEASES_EVERY_MS,
  });
  const events = useQuery({
    queryKey: [NETWORK_KEY, 'events'],
    queryFn: ({ signal }) => api.networkEvents({}, { signal }),
  });
  const may = about.data && mayCare(about.data);
  const error = about.error ?? peers.error ?? events.error;
  const head = (
    <Tabs<Tab> label="Show" tabs={TABS} now={tab} onChange={(key) => goTo(routeTo('registry', key))} />
  );
  return (
    <Page title="Registry" head={head}>
      <Health peers={peers.data?.peers} events={events.data?.events} />
      {error && !(about.data && peers.data && events.data) && (
        <div className="registry-note">
          <ErrorNote error={error} />
        </div>
      )}
      {may === false && (
        <p className="registry-note muted">
          You see the network here and cannot change it: this peer is of role {about.data?.role ?? 'none'}.{' '}
          <code>peerdex registry invite --role admin</code>, on the machine of the registry, makes a link that
          lets this peer make invites and revoke, once it was given to <code>peerdex join LINK</code> here.
        </p>
      )}
      {!error && !(about.data && peers.data && events.data) && <Skeleton rows={8} />}
      {about.data && peers.data && events.data && (
        <>
          {tab === 'peers' && <Members peers={peers.data.peers} chosen={chosen} may={may === true} />}
          {tab === 'comings' && <Comings events={events.data.events} />}
          {tab === 'invites' && <Invites may={may === true} />}
        </>
      )}
    </Page>
  );
}
