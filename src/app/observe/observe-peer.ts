import type { PeerConfig } from '../config.ts';
import { diskMetrics } from './disk-metrics.ts';
import { type ObserveHandlers, observeHandlers } from './observer.ts';
import { type PeerMetricsParts, peerMetrics } from './peer-metrics.ts';
import { Readiness } from './readiness.ts';

export interface ObservedPeer {
  readonly handlers: ObserveHandlers;
  readonly readiness: Readiness;
}

/** `file`: the database; `downloads`: absolute. Ready means registered, started, and able to read its database. */
export function observePeer(
  parts: PeerMetricsParts,
  { data }: Pick<PeerConfig, 'data'>,
  file: string,
  downloads: string,
): ObservedPeer {
  const readiness = new Readiness(() => {
    parts.entries.owners();
    const { registered, reason } = parts.membership.status();
    return registered ? [] : [`it is not registered: ${reason ?? 'no reason is known'}`];
  });
  const metrics = [...peerMetrics(parts), ...diskMetrics(file, { data, downloads })];
  return { readiness, handlers: observeHandlers(metrics, readiness) };
}
