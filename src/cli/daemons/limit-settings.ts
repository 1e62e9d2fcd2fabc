import type { IndexLimits, PortLimits } from '../../core/limits/limits.ts';
import type { SettingValues } from '../settings.ts';

export const PORT_LIMITS = [
  'maxConnections',
  'maxConnectionsPerAddress',
  'maxHandshakes',
  'maxHandshakesPerAddress',
  'maxHeaders',
  'maxBody',
  'headerTime',
  'bodyTime',
] as const;

export const INDEX_LIMITS = ['maxEntries', 'maxIndex'] as const;

/** The limits of public ports that somebody said. */
export const portLimits = (said: SettingValues<(typeof PORT_LIMITS)[number]>): Partial<PortLimits> =>
  defined({
    connections: said.maxConnections,
    connectionsOfOne: said.maxConnectionsPerAddress,
    handshakes: said.maxHandshakes,
    handshakesOfOne: said.maxHandshakesPerAddress,
    headerBytes: said.maxHeaders,
    bodyBytes: said.maxBody,
    headerMs: said.headerTime && said.headerTime * 1000,
    bodyMs: said.bodyTime && said.bodyTime * 1000,
  });

/** Those of the index. */
export const indexLimits = (said: SettingValues<(typeof INDEX_LIMITS)[number]>): Partial<IndexLimits> =>
  defined({ entries: said.maxEntries, pathBytes: said.maxIndex });

/** What nobody said must not stand in the place of what is usual. */
const defined = <T extends object>(values: T): { readonly [K in keyof T]?: NonNullable<T[K]> } =>
  Object.freeze(
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
      readonly [K in keyof T]?: NonNullable<T[K]>;
    },
  );
