import type { LogEvent } from './log-event.ts';

/** Where daemons say what they do. `message` is a sentence for people; `fields` is for machines and never holds a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** `event`: from `info` up there is one. */
export type LogFields = Readonly<Record<string, unknown>> & { readonly event?: LogEvent };

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
