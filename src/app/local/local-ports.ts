import type { Clock } from '../../core/clock.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PeerConfig } from '../config.ts';
import { openDashboardPort } from '../dashboard/dashboard-port.ts';
import { memberCare } from '../dashboard/member-care.ts';
import { networkHandlers, ownHandlers } from '../dashboard/own-handlers.ts';
import type { DaemonFile } from '../data-folder.ts';
import { LiveFeed } from '../live/live-feed.ts';
import { Throughput } from '../live/throughput.ts';
import type { ObserveHandlers } from '../observe/observer.ts';
import { openLocalApi } from './local-api.ts';
import { localHandlers } from './local-handlers.ts';
import type { LocalParts } from './local-parts.ts';

export interface LocalPortsOptions {
  readonly parts: LocalParts;
  readonly config: Pick<PeerConfig, 'dashboard' | 'advertise' | 'registry'>;
  readonly observe: ObserveHandlers;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a peer serves to its own user. */
export interface LocalPorts extends AsyncDisposable {
  readonly daemon: Omit<DaemonFile, 'pid'>;
  /** URL of the dashboard, where there is one. */
  readonly dashboard: string | undefined;
}

/** Opens the local API and the dashboard; both say the same. Throws as a listener does. */
export async function openLocalPorts({
  parts,
  config,
  observe,
  clock,
  log,
}: LocalPortsOptions): Promise<LocalPorts> {
  await using opened = new AsyncDisposableStack();
  const { upMeter, tally } = parts.transfer;
  const throughput = opened.use(new Throughput(clock, () => ({ up: upMeter.total, down: tally.bytes })));
  const care = config.registry ?? opened.use(memberCare(parts.membership, clock));
  const live = new LiveFeed(parts, { clock, throughput, care });
  const handlers = {
    ...localHandlers(parts),
    events: (_input: unknown, { signal }: { readonly signal: AbortSignal }) => live.events(signal),
  };
  const own = { ...ownHandlers(parts, throughput, config.registry !== undefined), ...networkHandlers(care) };
  const { dashboard: wanted, advertise } = config;
  const dashboard =
    wanted &&
    (await openDashboardPort({
      ...{ config: wanted, advertise, clock, log, library: parts },
      handlers: { ...handlers, ...own },
    }));
  if (dashboard) opened.use(dashboard);
  const dashboardLink = () => {
    if (dashboard) return dashboard.makeLink();
    throw new PeerdexError('unavailable', 'this peer serves no dashboard', {
      hint: 'start it with `peerdex up --dashboard 127.0.0.1:23476`',
      retry: false,
    });
  };
  const local = opened.use(await openLocalApi({ ...handlers, dashboardLink, ...observe }, parts.data, log));
  const resources = opened.move();
  return {
    daemon: local.daemon,
    dashboard: dashboard?.url,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
