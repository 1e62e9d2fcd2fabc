import { aborted, catchInterrupts } from '../interrupts.ts';
import { serviceManager } from './service-manager.ts';

export interface RunningDaemon {
  /** Resolves when it ends without being told here. */
  readonly closed?: Promise<void>;
  close(): Promise<void>;
}

/** How long something that still starts may take to get ready to be closed. */
const START_GRACE_MS = 3000;

/**
 * Starts a daemon, lets `ready` tell about it, and keeps it until a signal comes or it ends by itself; then closes it in order.
 * Resolves with the exit code.
 */
export async function runDaemon<Running extends RunningDaemon>(
  start: () => Promise<Running>,
  ready: (running: Running) => Promise<void> | void,
): Promise<number> {
  using interrupts = catchInterrupts();
  using service = serviceManager();
  const told = aborted(interrupts.signal);
  const starting = start();
  await Promise.race([starting, told]);
  if (interrupts.signal.aborted) {
    const late = await Promise.race([starting.catch(() => undefined), expire(START_GRACE_MS)]);
    await late?.close();
    return 0;
  }
  const running = await starting;
  try {
    await ready(running);
    service.ready();
    await Promise.race([told, ...(running.closed ? [running.closed] : [])]);
  } finally {
    service.stopping();
    await running.close();
  }
  return 0;
}

function expire(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
