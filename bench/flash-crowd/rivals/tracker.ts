import { createServer } from 'node:http';

/**
 * A tracker for one torrent (BEP 3 and 23): `node tracker.ts HOST PORT`. Tells everybody all others and to come back after two
 * seconds; prints a line for every member that has the whole.
 */
const [host, port] = process.argv.slice(2);
const members = new Map<string, Buffer>();

createServer((request, response) => {
  const query = new URL(request.url ?? '/', 'http://tracker').searchParams;
  const address = request.socket.remoteAddress!;
  const member = `${address}:${query.get('port')}`;
  if (query.get('event') === 'stopped') members.delete(member);
  else members.set(member, compact(address, Number(query.get('port'))));
  if (query.get('left') === '0') process.stdout.write(`whole ${member}\n`);
  const others = Buffer.concat([...members].filter(([name]) => name !== member).map(([, bytes]) => bytes));
  response.end(
    Buffer.concat([
      Buffer.from(`d8:intervali2e12:min intervali2e5:peers${others.byteLength}:`),
      others,
      Buffer.from('e'),
    ]),
  );
}).listen(Number(port), host, () => process.stdout.write('listening\n'));

function compact(address: string, memberPort: number): Buffer {
  return Buffer.from([...address.split('.').map(Number), memberPort >> 8, memberPort & 0xff]);
}
