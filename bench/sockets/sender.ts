import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type Kind, openEnds } from './ends.ts';

/** A process that listens, and sends so many bytes to whoever greets: `sender.ts KIND BYTES`. Its parent is told the port, and ends it. */
const [kind, bytes] = process.argv.slice(2);
const WRITE = Buffer.alloc(2 ** 20, 'peerdex');

const { server: serve } = await openEnds(kind as Kind);
const server = serve((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', () => send(socket, Number(bytes)));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send!((server.address() as AddressInfo).port);
process.once('disconnect', () => process.exit());

function send(socket: Socket, total: number): void {
  let left = total;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const bytes = WRITE.subarray(0, left);
      left -= bytes.byteLength;
      if (!socket.write(bytes)) return;
    }
    socket.end();
  };
  socket.on('drain', more);
  more();
}
