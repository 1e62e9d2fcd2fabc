import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that nobody listens on, for where it must be known before the daemon starts. Taken from below the
 * range that the system gives to outgoing connections, each test process from a stretch of its own, begun anywhere: some stretches have two.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + (process.pid % 180) * 100 + (next % 100);
    next += 1;
    if (await isFree(port)) return port;
  }
}

let next = randomInt(100);

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
