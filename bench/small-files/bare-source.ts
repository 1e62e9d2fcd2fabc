import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';

/** The sending half of the bare pair: whoever names a folder of `root` gets a line of JSON, names and sizes, and the bytes behind it. */
const [root = '', port] = process.argv.slice(2);
const BUFFER_BYTES = 1024 * 1024;

createServer((socket) => {
  socket.once('data', (name) => send(socket, path.join(root, String(name))));
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

function send(socket: Socket, folder: string): void {
  const files = readdirSync(folder).flatMap((parent) =>
    readdirSync(path.join(folder, parent)).map((name) => `${parent}/${name}`),
  );
  const sizes = files.map((file) => statSync(path.join(folder, file)).size);
  socket.write(`${JSON.stringify(files.map((file, i) => [file, sizes[i]]))}\n`);
  let next = 0;
  const fill = (buffer: Buffer) => {
    let filled = 0;
    for (; next < files.length && filled + sizes[next]! <= BUFFER_BYTES; next += 1) {
      const fd = openSync(path.join(folder, files[next]!), 'r');
      filled += readSync(fd, buffer, filled, sizes[next]!, null);
      fstatSync(fd);
      closeSync(fd);
    }
    if (filled > 0) socket.write(buffer.subarray(0, filled), () => fill(buffer));
    else socket.end();
  };
  // One is filled while the other is on its way.
  for (let i = 0; i < 2; i += 1) fill(Buffer.allocUnsafeSlow(BUFFER_BYTES));
}
