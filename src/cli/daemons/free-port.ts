import { once } from 'node:events';
import { createServer } from 'node:net';

/** `port` when nobody listens on it on any interface, else 0, which lets the system choose. */
export async function portOrFree(port: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return port;
  } catch {
    return 0;
  } finally {
    server.close();
  }
}
