import type { SourceBans } from './source-bans.ts';
import type { Sources } from './source-finder.ts';

/** Sources of which those that are banned are passed over, with the reason. */
export const withoutBanned = (sources: Sources, bans: Pick<SourceBans, 'of'>): Sources => ({
  holders: (content) => sources.holders(content),
  nameOf: (peer) => sources.nameOf(peer),
  async connect(peer, signal, told) {
    const ban = bans.of(peer);
    if (ban) throw ban;
    return sources.connect(peer, signal, told);
  },
});
