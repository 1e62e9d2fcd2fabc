import type { Registry } from 'prom-client';
import { type Address, formatAddress } from '../../core/address.ts';
import type { Log } from '../../core/ports/log.ts';
import type { BytesAnswer, Handlers } from '../../network/http/handlers.ts';
import { createHttpServer } from '../../network/http/server.ts';
import { observeOperations } from '../../protocol/http/observe/operations.ts';
import { listenClearly, ownNames } from '../listen.ts';
import { VERSION } from '../version.ts';
import type { Metric } from './metric.ts';
import { PROCESS_METRICS } from './process-metrics.ts';
import type { Readiness } from './readiness.ts';

export type ObserveHandlers = Handlers<typeof observeOperations>;

/** What a daemon answers those who watch it. Nothing is measured until somebody asks. */
export function observeHandlers(metrics: readonly Metric[], readiness: Readiness): ObserveHandlers {
  let made: Promise<Registry> | undefined;
  return {
    async metrics(): Promise<BytesAnswer> {
      made ??= registryOf([...PROCESS_METRICS, ...metrics]);
      const registry = await made;
      return {
        status: 200,
        headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
        body: Buffer.from(await registry.metrics()),
      };
    },
    healthz: () => ({ alive: true }),
    readyz(): BytesAnswer {
      const reasons = readiness.reasons();
      const ready = reasons.length === 0;
      return {
        status: ready ? 200 : 503,
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
        body: Buffer.from(JSON.stringify({ ready, reasons })),
      };
    },
  };
}

/** Loaded when somebody looks: most daemons are never asked. */
async function registryOf(metrics: readonly Metric[]): Promise<Registry> {
  const [{ Registry }, { addMetric }] = await Promise.all([import('prom-client'), import('./add-metric.ts')]);
  const registry = new Registry();
  for (const metric of metrics) addMetric(registry, metric);
  return registry;
}

export interface ObservePortOptions {
  /** Absent: there is none. */
  readonly listen: Address | undefined;
  readonly advertise: readonly Address[];
  readonly handlers: ObserveHandlers;
  readonly log: Log;
}

/** The listener of `--metrics`: without a token, for it changes nothing and names no file and no peer. Throws as a listener does. */
export async function openObservePort(options: ObservePortOptions): Promise<AsyncDisposable> {
  const { listen, advertise, handlers, log } = options;
  if (listen === undefined) return new AsyncDisposableStack();
  const server = await createHttpServer({
    title: 'peerdex, seen from outside',
    version: VERSION,
    operations: observeOperations,
    handlers,
    allowedHosts: () => ownNames([listen, ...advertise]),
    describesItself: false,
    log,
  });
  try {
    const { port } = await listenClearly(listen, (where) => server.listen(where));
    log.info(`metrics are at http://${formatAddress({ host: listen.host || 'localhost', port })}/metrics`, {
      event: 'metrics-listening',
      port,
    });
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}
