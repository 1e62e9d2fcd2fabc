import { type DestinationStream, destination, pino } from 'pino';
import { PeerdexError } from '../core/errors.ts';
import type { Log, LogFields } from '../core/ports/log.ts';
import { formatLogLine } from './log-line.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `text` for people, `json` one object a line. */
  readonly format: 'text' | 'json';
  /** Standard error unless told. */
  readonly stream?: DestinationStream;
}

/** The log of a daemon. Lines are out when the call returns, so that none is lost when the process ends. */
export function createLog({ level, format, stream = standardError() }: LogOptions): Log {
  const sink = format === 'json' ? stream : { write: (line: string) => stream.write(formatLogLine(line)) };
  const logger = pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS, censor: '[secret]' },
      serializers: { error: describeError },
    },
    sink,
  );
  const at = (method: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) =>
    fields ? logger[method](fields, message) : logger[method](message);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const SECRETS = ['token', 'secret', 'authorization', '*.token', '*.secret', '*.authorization'];

function standardError(): DestinationStream {
  const stream = destination({ dest: 2, sync: true });
  // Who read the log went away (a closed pipe): the daemon goes on without.
  stream.on('error', () => {});
  return stream;
}

/** An error with the chain of its causes; a stack only where nobody expected it. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = error instanceof PeerdexError ? error.code : (error as { code?: unknown }).code;
  return {
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof PeerdexError ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
