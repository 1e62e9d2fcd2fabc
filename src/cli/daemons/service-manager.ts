import { execFile } from 'node:child_process';

export interface ServiceManager extends Disposable {
  /** The daemon is up: from now on it also says that it is alive. */
  ready(): void;
  /** The daemon ends in order. */
  stopping(): void;
}

/**
 * Tells systemd how this daemon is, as sd_notify(3) does, where it was started with `Type=notify`: READY=1, WATCHDOG=1 twice in each
 * WATCHDOG_USEC microseconds, STOPPING=1. Node has no datagram sockets in the file system, so systemd's own `systemd-notify` says it,
 * and the unit needs `NotifyAccess=all`. The timer that says so stands still with the main thread, which is the point.
 * Elsewhere it does nothing.
 */
export function serviceManager(environment: NodeJS.ProcessEnv = process.env): ServiceManager {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
  if (!NOTIFY_SOCKET) return { ready() {}, stopping() {}, [Symbol.dispose]() {} };
  const tell = (state: string) => {
    // Who cannot tell goes on: systemd's own limits say what follows.
    execFile('systemd-notify', [state], { env: { PATH: environment.PATH, NOTIFY_SOCKET } }, () => {});
  };
  const forUs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  const everyMs = forUs ? Number(WATCHDOG_USEC) / 2000 : Number.NaN;
  let timer: NodeJS.Timeout | undefined;
  const end = () => clearInterval(timer);
  return {
    ready: () => {
      tell('READY=1');
      if (everyMs >= 1) timer = setInterval(tell, everyMs, 'WATCHDOG=1').unref();
    },
    stopping: () => {
      end();
      tell('STOPPING=1');
    },
    [Symbol.dispose]: end,
  };
}
