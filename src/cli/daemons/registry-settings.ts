import { DEFAULT_REGISTRY_PORT, DEFAULT_SHUTDOWN_SECONDS, type RegistryConfig } from '../../app/config.ts';
import { DEFAULT_LEASE_SECONDS } from '../../core/lease.ts';
import { type Invocation, sourcesOf } from '../invocation.ts';
import { readSettings } from '../settings.ts';
import { PORT_LIMITS, portLimits } from './limit-settings.ts';

const DEFAULT_MAX_PEERS = 10_000;

/** The settings of a registry on `data`, all but its log, frozen. Throws `usage`. */
export function registrySettings(invocation: Invocation, data: string): Omit<RegistryConfig, 'log'> {
  const said = readSettings(
    [
      'listen',
      'advertise',
      'lease',
      'maxPeers',
      'store',
      'plaintext',
      'metrics',
      'shutdownTime',
      ...PORT_LIMITS,
    ],
    sourcesOf(invocation, data),
  );
  return Object.freeze({
    data,
    listen: said.listen ?? { host: '', port: DEFAULT_REGISTRY_PORT },
    advertise: said.advertise ?? [],
    leaseSeconds: said.lease ?? DEFAULT_LEASE_SECONDS,
    maxPeers: said.maxPeers ?? DEFAULT_MAX_PEERS,
    mode: said.plaintext === undefined ? undefined : said.plaintext ? 'plaintext' : 'tls',
    limits: portLimits(said),
    metrics: said.metrics,
    shutdownSeconds: said.shutdownTime ?? DEFAULT_SHUTDOWN_SECONDS,
  });
}
