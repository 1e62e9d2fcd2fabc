import assert from 'node:assert/strict';
import { toldPeer } from '../../../src/app/membership/told-peer.ts';
import { fitsSchema } from '../../../src/network/http/validate.ts';
import { DirectoryPeer } from '../../../src/protocol/http/directory-peer.ts';
import { cleanName } from '../../../src/registry/names.ts';
import { mutatedJson } from '../mutate-json.ts';
import { sampleOf } from '../sample-of.ts';
import { target } from '../target.ts';

const NOW = 1.8e12;

/** What a registry tells of a peer: harmless for whoever dials it, shows it or keeps it. */
export const directory = target<unknown>(
  { name: 'directory', parses: ['app/membership/told-peer.ts'] },
  () => {
    const time = '2024-01-02T03:04:05.678Z';
    const sample = { ...(sampleOf(DirectoryPeer) as object), lastRegistered: time, lastSeen: time };
    const odd = {
      ...sample,
      active: false,
      name: 'a:b\u202e',
      addresses: [
        { host: 'a b', port: 1 },
        { host: 'ä', port: 2 },
      ],
    };
    const check = (value: unknown): boolean => {
      if (!fitsSchema(DirectoryPeer, value)) return false;
      const peer = toldPeer(value as DirectoryPeer, NOW);
      if (!peer) return false;
      assert.match(peer.id, /^[0-9a-f]{32}$/);
      assert.equal(cleanName(peer.name), peer.name);
      assert.ok(peer.addresses.length >= 1 && peer.addresses.length <= 16);
      for (const { host, port } of peer.addresses) {
        assert.doesNotMatch(host, /[\s/@?#[\]\p{Cc}]/u);
        assert.ok(port >= 1 && port <= 65535);
      }
      for (const moment of [peer.since, peer.lastSeen]) assert.ok(moment >= 0 && moment <= NOW);
      assert.ok(Number.isSafeInteger(peer.files) && Number.isSafeInteger(peer.bytes));
      return true;
    };
    return { inputs: mutatedJson([sample, odd]), check };
  },
);
