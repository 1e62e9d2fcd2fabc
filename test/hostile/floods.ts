import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ControlFrame } from '../../src/protocol/swarm/frames.ts';
import { eventually } from '../harness/eventually.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import type { TestMember } from '../harness/test-member.ts';

/** Opens so many connections from an address of its own, says nothing on them, and resolves when the last one is open or was refused. */
export async function openConnections(port: number, count: number, from: string): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => {});
    socket.resume();
    return socket;
  });
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  return sockets;
}

/** Asks for hashes and for a content on many channels and takes nothing of what comes. */
export async function slowReader(port: number, member: TestMember, content: string): Promise<RawSwarm> {
  const raw = await RawSwarm.greet(port, member);
  raw.socket.pause();
  const ask = (channel: number): ControlFrame[] => [
    { type: 'interest', channel, content },
    { type: 'leavesRequest', channel, group: 0 },
    { type: 'request', channel, first: 0, count: 500 },
  ];
  raw.send(...Array.from({ length: 100 }, (_, n) => ask(n + 1)).flat());
  const hashes: ControlFrame = { type: 'leavesRequest', channel: 1, group: 0 };
  raw.send(...Array.from({ length: 3500 }, () => hashes));
  return raw;
}

/** Whoever reads nothing learns of the connection's end only by writing. */
export const wasCutOff = (raw: RawSwarm): Promise<true> =>
  eventually(
    () => {
      raw.send({ type: 'close', channel: 4000 });
      return raw.socket.destroyed;
    },
    { timeout: 45_000 },
  );

/** The status of an HTTP request that a member sends byte by byte, whatever stands in its first line. */
export async function httpStatus(
  port: number,
  member: TestMember,
  peer: string,
  target: string,
): Promise<number> {
  const address = { host: '127.0.0.1', port };
  const authorization = await member.authorization(peer, port);
  const socket = await (await member.wire).dial({ address, protocol: 'http', expect: peer });
  socket.write(
    `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(answer.toString('latin1').split(' ')[1]);
}
