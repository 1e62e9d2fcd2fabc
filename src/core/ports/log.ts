/** Where daemons say what they do. `message` is a sentence for people; `fields` is for machines and never holds a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
