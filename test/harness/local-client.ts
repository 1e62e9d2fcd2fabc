import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Client, createClient } from '../../src/network/http/client.ts';
import { localOperations } from '../../src/protocol/http/local/operations.ts';

/** The local API of the daemon that runs on a data folder now. Throws when none does. */
export function localClient(data: string): Client<typeof localOperations> {
  const file = readFileSync(path.join(data, 'daemon.json'), 'utf8');
  const { port, token } = JSON.parse(file) as { readonly port: number; readonly token: string };
  return createClient(localOperations, { address: { host: '127.0.0.1', port }, token });
}
