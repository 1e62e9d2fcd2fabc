import { join } from 'node:path';
import { diskMetrics } from './disk-metrics.ts';
import { type ObserveHandlers, observeHandlers } from './observer.ts';
import { Readiness } from './readiness.ts';
import { type RegistryMetricsParts, registryMetrics } from './registry-metrics.ts';

export interface ObservedRegistry {
  readonly handlers: ObserveHandlers;
  readonly readiness: Readiness;
}

/** `data`: the data folder, absolute. Ready means that its port is open: the directory is in memory. */
export function observeRegistry(parts: RegistryMetricsParts, data: string): ObservedRegistry {
  const readiness = new Readiness(() => []);
  const metrics = [...registryMetrics(parts), ...diskMetrics(join(data, 'registry.db'), { data })];
  return { readiness, handlers: observeHandlers(metrics, readiness) };
}
