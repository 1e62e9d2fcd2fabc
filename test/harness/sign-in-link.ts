import { createClient } from '../../src/network/http/client.ts';
import { dashboardLinkOperations } from '../../src/protocol/http/local/live-operations.ts';
import type { ClusterPeer } from './cluster.ts';

/** A link that signs in to the peer's dashboard, as `peerdex open --print` makes it. */
export async function signInLink({ local }: Pick<ClusterPeer, 'local'>): Promise<string> {
  const address = { host: '127.0.0.1', port: local.port };
  const { url } = await createClient(dashboardLinkOperations, {
    address,
    token: local.token,
  }).dashboardLink();
  return url;
}
