import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type BytesResponse, type Client, createClient } from '../../src/network/http/client.ts';
import { localOperations } from '../../src/protocol/http/local/operations.ts';
import { observeOperations } from '../../src/protocol/http/observe/operations.ts';

export type LocalApi = Client<typeof localOperations>;

/** The local API of the daemon on a data folder, without a process for each call. */
export async function localApi(data: string): Promise<LocalApi> {
  return createClient(localOperations, await whereabouts(data));
}

/** What the daemon on a data folder measures of itself, by name; of metrics with labels the sum. */
export async function metricsOf(data: string): Promise<ReadonlyMap<string, number>> {
  const client = createClient(observeOperations, await whereabouts(data));
  const values = new Map<string, number>();
  for (const line of (await text(await client.metrics())).split('\n')) {
    const [, name, value] = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, (values.get(name) ?? 0) + Number(value));
  }
  return values;
}

async function whereabouts(data: string) {
  const { port, token } = JSON.parse(await readFile(path.join(data, 'daemon.json'), 'utf8'));
  return { address: { host: '127.0.0.1', port }, token };
}

async function text({ body }: BytesResponse): Promise<string> {
  let whole = '';
  for await (const piece of body) whole += piece;
  return whole;
}
