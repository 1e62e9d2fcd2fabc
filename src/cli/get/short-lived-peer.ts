import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLog } from '../../app/log.ts';
import { startPeer } from '../../app/peer.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { findDaemon, type LocalClient } from '../daemon.ts';
import { logSettings } from '../daemons/log-settings.ts';
import { peerDefaults } from '../daemons/peer-settings.ts';
import { catchInterrupts } from '../interrupts.ts';
import { type Invocation, sourcesOf } from '../invocation.ts';
import { readSettings } from '../settings.ts';

export interface ShortLivedPeer extends AsyncDisposable {
  readonly client: LocalClient;
  /** Serves who still fetches what was fetched, for a while, and says so; the first signal to end ends it. */
  linger(): Promise<void>;
}

const LINGERING =
  'others still fetch this from here: serving them until they have it, Ctrl-C ends it at once';

/** A peer of this process alone: shares nothing, keeps nothing, leaves the network at the end. */
export async function shortLivedPeer(invocation: Invocation, link: string): Promise<ShortLivedPeer> {
  const join = parseJoinLink(link);
  const data = await mkdtemp(path.join(os.tmpdir(), 'peerdex-get-'));
  const remove = () => rm(data, { recursive: true, force: true });
  try {
    const log = createLog(logSettings(invocation, undefined, 'warn'));
    const listen = { host: '', port: 0 };
    const { linger } = readSettings(['linger'], sourcesOf(invocation, data));
    const defaults = peerDefaults();
    const lingerSeconds = linger ?? defaults.lingerSeconds;
    const where = { data, join, listen, shares: [], advertise: [] };
    const peer = await startPeer({ ...defaults, ...where, lingerSeconds, passing: true, log });
    const { client } = await findDaemon(data);
    return {
      client,
      linger: async () => {
        if (peer.lingering() === 0) return;
        using interrupts = catchInterrupts();
        if (invocation.output.json) log.warn(LINGERING, { event: 'lingering' });
        else invocation.output.note(LINGERING);
        await peer.lingered(interrupts.signal);
      },
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
