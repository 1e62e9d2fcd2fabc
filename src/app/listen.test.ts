import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import type { Address } from '../core/address.ts';
import { advertisedAddresses, listenClearly } from './listen.ts';

const net = (family: 'IPv4' | 'IPv6', address: string, internal = false) =>
  ({ family, address, internal }) as NetworkInterfaceInfo;
const INTERFACES = {
  lo: [net('IPv4', '127.0.0.1', true), net('IPv6', '::1', true)],
  eth0: [net('IPv6', 'fe80::1'), net('IPv6', '2001:db8::7'), net('IPv4', '10.0.0.7')],
};
const hosts = (listen: string, advertise: Address[] = [], interfaces = INTERFACES) =>
  advertisedAddresses({ listen: { host: listen, port: 0 }, advertise, port: 99 }, interfaces);

test('advertised: explicit ones as given, with the port that is listened on where none was said', () => {
  const told = [
    { host: 'files.example', port: 0 },
    { host: '::1', port: 5 },
  ];
  assert.deepEqual(hosts('', told), [{ host: 'files.example', port: 99 }, told[1]]);
});

test('advertised: the listen host, or all that reach this machine, IPv4 first', () => {
  assert.deepEqual(hosts('10.9.9.9'), [{ host: '10.9.9.9', port: 99 }]);
  assert.deepEqual(
    hosts('').map(({ host }) => host),
    ['10.0.0.7', '2001:db8::7'],
  );
  assert.deepEqual(
    hosts('0.0.0.0').map(({ host }) => host),
    ['10.0.0.7'],
  );
  assert.deepEqual(hosts('', [], { lo: INTERFACES.lo, eth0: [] }), [{ host: '127.0.0.1', port: 99 }]);
});

test('a port in use and a foreign address are said in one sentence', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  const listen = async (address: Address) => {
    const server = createServer().listen(address.port, address.host);
    await once(server, 'listening').finally(() => server.close());
  };
  await assert.rejects(listenClearly({ host: '127.0.0.1', port }, listen), {
    code: 'conflict',
    message: `port ${port} is in use by another program`,
  });
  await assert.rejects(listenClearly({ host: '192.0.2.1', port: 0 }, listen), {
    code: 'failed',
    message: /192\.0\.2\.1/,
  });
  holder.close();
});
