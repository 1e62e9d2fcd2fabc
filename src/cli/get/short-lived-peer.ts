import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLog } from '../../app/log.ts';
import { startPeer } from '../../app/peer.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { findDaemon, type LocalClient } from '../daemon.ts';
import { logSettings } from '../daemons/log-settings.ts';
import { peerDefaults } from '../daemons/peer-settings.ts';
import type { Invocation } from '../invocation.ts';

export interface ShortLivedPeer extends AsyncDisposable {
  readonly client: LocalClient;
}

/** A peer of this process alone: shares nothing, keeps nothing, leaves the network at the end. */
export async function shortLivedPeer(invocation: Invocation, link: string): Promise<ShortLivedPeer> {
  const join = parseJoinLink(link);
  const data = await mkdtemp(path.join(os.tmpdir(), 'peerdex-get-'));
  const remove = () => rm(data, { recursive: true, force: true });
  try {
    const log = createLog(logSettings(invocation, undefined, 'warn'));
    const listen = { host: '', port: 0 };
    const where = { data, join, listen, shares: [], advertise: [] };
    const peer = await startPeer({ ...peerDefaults(), ...where, passing: true, log });
    const { client } = await findDaemon(data);
    return {
      client,
      [Symbol.asyncDispose]: async () => {
        await client.leave().catch(() => {}); // its lease ends by itself as well
        await peer.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
