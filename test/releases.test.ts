import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { startPeer } from '../src/app/peer.ts';
import { startRegistry } from '../src/app/registry.ts';
import { readSettings } from '../src/cli/settings.ts';
import { type JoinLink, parseJoinLink } from '../src/core/join-link.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { createClient } from '../src/network/http/client.ts';
import { localOperations } from '../src/protocol/http/local/operations.ts';
import { observeOperations } from '../src/protocol/http/observe/operations.ts';
import { registryLocalOperations } from '../src/protocol/http/registry-local/operations.ts';
import { PEER_SCHEMA } from '../src/storage/sqlite/peer-database.ts';
import { REGISTRY_SCHEMA } from '../src/storage/sqlite/registry-database.ts';
import { storedSchema } from '../src/storage/sqlite/stored-schema.ts';
import { makeShares } from './fixtures/releases/scene.ts';
import { eventually } from './harness/eventually.ts';
import { RELEASES, type UnpackedRelease, unpackRelease } from './harness/release-fixture.ts';
import { tempFolder } from './harness/temp-folder.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };

/** Tickets, jobs and deletions of then have not ended: this process lives at that time. */
function liveAt(made: string): () => void {
  const { now } = Date;
  const ago = now() - Date.parse(made);
  Date.now = () => now() - ago;
  return () => {
    Date.now = now;
  };
}

for (const release of RELEASES) {
  describe(`the data folders of ${release} open under this release`, () => {
    let fixture: UnpackedRelease;
    let things: AsyncDisposableStack;
    let registry: Awaited<ReturnType<typeof startRegistry>>;
    let back: () => void;
    before(async () => {
      fixture = await unpackRelease(release);
      back = liveAt(fixture.facts.made);
      things = new AsyncDisposableStack();
      registry = things.use(
        await startRegistry({
          data: fixture.join('registry'),
          // Before there were modes every network was one.
          ...(fixture.facts.invite === undefined && { mode: 'plaintext' as const }),
          ...{ listen: LISTEN, advertise: [], leaseSeconds: 90, maxPeers: 100, log: silentLog },
        }),
      );
    });
    after(async () => {
      await things.disposeAsync();
      back();
      await fixture[Symbol.asyncDispose]();
    });

    /** The registry listens at another port now. */
    const moved = (link: JoinLink): JoinLink => ({
      ...link,
      addresses: parseJoinLink(registry.join).addresses,
    });

    async function start(data: string, join: JoinLink, name?: string) {
      const running = things.use(
        await startPeer({
          ...{ data, join, name, shares: [], listen: LISTEN, advertise: [], scanSeconds: 60 },
          ...{ memoryBytes: 2 ** 28, lingerSeconds: 1, log: silentLog },
        }),
      );
      return { ready: running.ready, client: createClient(localOperations, localOf(data)) };
    }

    const rememberedLink = (data: string): JoinLink =>
      fixture.facts.invite
        ? moved(parseJoinLink(readFileSync(path.join(data, 'join-link'), 'utf8')))
        : parseJoinLink(registry.join);

    it('the registry: network, members, invites, revocations', async () => {
      const { network, peer, holder, invite, revoked } = fixture.facts;
      assert.equal(registry.id, network);
      assert.equal(storedSchema(fixture.join('registry/registry.db')), REGISTRY_SCHEMA);
      const care = createClient(registryLocalOperations, localOf(fixture.join('registry')));
      if (invite === undefined || revoked === undefined) return;
      const { invites } = await care.invites();
      assert.equal(invites.find(({ id }) => id === invite.id)?.state, 'open');
      assert.deepEqual(
        invites.flatMap(({ admitted }) => admitted.map((one) => one.peer)).toSorted(),
        [peer.id, holder.id].toSorted(),
      );
      assert.equal((await care.revoke({ body: { peer: revoked } })).already, true);
      await using folder = await tempFolder();
      const newcomer = await startPeer({
        ...{
          data: folder.join('new'),
          join: moved(parseJoinLink(invite.link)),
          name: 'newcomer',
          shares: [],
        },
        ...{ listen: LISTEN, advertise: [], scanSeconds: 60, memoryBytes: 2 ** 28, lingerSeconds: 1 },
        log: silentLog,
      });
      assert.equal(newcomer.ready.registered, true);
      await newcomer.close();
    });

    it('peers: identity, settings, shares, index, jobs; a paused download is finished', async () => {
      const { peer, holder, done, paused } = fixture.facts;
      const data = fixture.join('peer');
      const { large } = await makeShares(fixture.join('again'));
      const library = await start(fixture.join('holder'), rememberedLink(fixture.join('holder')));
      const { ready, client } = await start(data, rememberedLink(data));
      assert.deepEqual([library.ready.id, library.ready.name], [holder.id, holder.name]);
      assert.deepEqual([ready.id, ready.name, ready.registered], [peer.id, peer.name, true]);
      assert.equal(storedSchema(path.join(data, 'peer.db')), PEER_SCHEMA);
      const sources = { flags: {}, environment: {}, data, cwd: data };
      assert.equal(readSettings(['upLimit'], sources).upLimit, 3e6);

      // A share that was moved is another folder, whose entries stay until its user says that it is the one.
      const { shares } = await client.status();
      assert.deepEqual(shares.map(({ name, files }) => [name, files]).toSorted(), [
        ['downloads', 1],
        ['notes', 1],
      ]);
      for (const share of shares) await client.share({ body: { path: share.path } });
      for (const share of (await library.client.status()).shares)
        await library.client.share({ body: { path: share.path } });
      const found = await eventually(async () => {
        const { results } = await client.find({ query: { words: 'large.bin' } });
        return results.length === 1 && results[0];
      });
      assert.equal(found.content, paused.content);
      assert.deepEqual(
        found.holders.map((one) => [one.name, one.path]),
        [['holder', 'library/deep/er/large.bin']],
      );
      const rows = [];
      for await (const row of client.csvRows()) rows.push(row);
      const own = rows.filter((row) => row.peer === peer.id).map(({ file, flag }) => `${flag} ${file}`);
      assert.deepEqual(own.toSorted(), ['0 notes/gone.txt', '1 downloads/small.txt', '1 notes/own.txt']);

      const { jobs } = await client.jobs();
      assert.deepEqual(jobs.map(({ id, state }) => [id, state]).toSorted(), [
        ...[
          [done.job, 'done'],
          [paused.job, 'paused'],
        ].toSorted(),
      ]);
      const kept = jobs.find(({ id }) => id === paused.job)!;
      assert.equal(kept.bytes, paused.bytes);
      await client.resume({ params: { job: paused.job } });
      await eventually(async () =>
        (await client.jobs()).jobs.some(({ id, state }) => id === paused.job && state === 'done'),
      );
      // A partial of before there were releases had another name, and begins anew.
      const missing = release.startsWith('before') ? large.byteLength : large.byteLength - paused.bytes;
      assert.equal(await fetchedBytes(data), missing);
      assert.ok(readFileSync(path.join(data, 'downloads/large.bin')).equals(Buffer.from(large)));
    });
  });
}

async function fetchedBytes(data: string): Promise<number> {
  const { body } = await createClient(observeOperations, localOf(data)).metrics();
  return Number(/^peerdex_download_bytes_total (\d+)$/m.exec(await text(body))?.[1]);
}

function localOf(data: string) {
  const { port, token } = JSON.parse(readFileSync(path.join(data, 'daemon.json'), 'utf8'));
  return { address: { host: '127.0.0.1', port }, token };
}
