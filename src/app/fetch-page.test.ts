import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { freshKey } from '../../test/support/fresh-key.ts';
import { SessionEndpoints } from '../../test/support/session-endpoints.ts';
import { TestNetwork } from '../../test/support/signers.ts';
import { systemClock } from '../core/clock.ts';
import type { LogPage } from '../core/entry.ts';
import type { KnownPeer } from '../core/known-peer.ts';
import { silentLog } from '../core/ports/log.ts';
import type { Signer } from '../core/ports/signing.ts';
import type { LogRequest } from '../index/serve-log.ts';
import { plaintextWire } from '../network/wire/plaintext-wire.ts';
import { MAX_PAGE_BYTES } from '../protocol/http/peer/operations.ts';
import { systemVerifier } from '../storage/disk/ecdsa.ts';
import { pageFetcher } from './fetch-page.ts';
import { pageAnswer } from './page-bytes.ts';
import { agentsOf } from './trust/agents.ts';
import { MembershipProver } from './trust/membership-prover.ts';
import { PeerClients } from './trust/peer-clients.ts';
import { toWirePage } from './wire-page.ts';

const OWNER = freshKey();
const SERVER = freshKey();
const ASKED: LogRequest = { since: 0, limit: 2000 };
const PAGE: LogPage = {
  ...{ owner: OWNER.id, index: '01'.repeat(8), floor: 0, last: 7, since: 0, more: false },
  records: [
    {
      ...{ seq: 7, path: 's/Grüße', kind: 'file', size: 3, mtime: 1_700_000_000_123_456_789n },
      ...{ executable: false, content: 'ab'.repeat(32), flag: 1 },
    },
  ],
};

describe('fetching a page', () => {
  const network = new TestNetwork();
  const reader = freshKey();
  const trust = network.member(reader);
  const clients = new PeerClients({
    network: () => network.id,
    trust,
    log: silentLog,
    prover: new MembershipProver({
      self: reader,
      verifier: systemVerifier,
      trust,
      clock: systemClock,
    }),
    agents: agentsOf(plaintextWire),
    clock: systemClock,
  });
  const fetchPage = pageFetcher(clients, systemVerifier);
  const sessions = new SessionEndpoints(SERVER, network.id, () => network.ticket(SERVER));
  const ends: (() => void)[] = [() => clients.close()];
  after(() => {
    for (const end of ends) end();
  });

  /** Somebody at a real port who answers like this. */
  async function serving(answer: RequestListener): Promise<KnownPeer> {
    const server = createServer((request, response) => {
      if (!sessions.takes(request, response)) answer(request, response);
    }).listen(0, '127.0.0.1');
    ends.push(() => {
      server.close();
      server.closeAllConnections();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      ...{ id: SERVER.id, name: 'server', addresses: [{ host: '127.0.0.1', port }], active: true },
      ...{ since: 0, lastSeen: 0, files: 0, bytes: 0, role: 'publish' },
    };
  }

  const sending = (headers: Record<string, string | number>, body: string | Uint8Array) =>
    serving((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body),
    );

  const fetch = (server: KnownPeer) => fetchPage(server, OWNER.id, ASKED, new AbortController().signal);

  const { headers, body } = pageAnswer(OWNER, PAGE);
  const bytes = body as Buffer;

  /** Signed by the key, whatever it says. */
  const signed = (key: Signer, text: string) => {
    const signature = key.sign(Buffer.concat([Buffer.from('peerdex/page/1\0'), Buffer.from(text)]));
    return {
      'peerdex-key': Buffer.from(key.publicKey).toString('base64url'),
      'peerdex-signature': Buffer.from(signature).toString('base64url'),
    };
  };

  it('takes what the owner signed from whoever passes the bytes on', async () => {
    const { page, signed: kept } = await fetch(await sending(headers, bytes));
    assert.deepEqual(page, PAGE);
    assert.deepEqual(kept?.body, bytes);
  });

  it('comes to two at once, of whom neither ends the connections of the other', async () => {
    const waiting: (() => void)[] = [];
    const server = await serving((_, response) => {
      waiting.push(() =>
        response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(bytes),
      );
      if (waiting.length === 2) for (const answer of waiting) answer();
    });
    const both = await Promise.all([fetch(server), fetch(server)]);
    for (const { page } of both) assert.deepEqual(page, PAGE);
  });

  it('takes it from another address when one answers with something forged', async () => {
    const forged = await sending({}, bytes);
    const right = await sending(headers, bytes);
    const both = { ...right, addresses: [...forged.addresses, ...right.addresses] };
    assert.deepEqual((await fetch(both)).page, PAGE);
    const nobody = { ...right, addresses: [...forged.addresses, { host: '127.0.0.1', port: 1 }] };
    await assert.rejects(fetch(nobody), { code: 'verification' });
  });

  const wire = toWirePage(PAGE);
  const json = JSON.stringify(wire);
  const record = wire.records[0]!;
  const with1 = (more: object) => JSON.stringify({ ...wire, records: [{ ...record, ...more }] });
  const unfit: Record<string, string> = {
    'something that is not JSON': '{"owner":',
    nothing: '',
    'another document': '[]',
    'a name of 10 MB': with1({ path: `s/${'x'.repeat(10_000_000)}` }),
    'a record without its number': with1({ seq: undefined }),
    'more records than any page has': JSON.stringify({ ...wire, records: Array(2001).fill(record) }),
    'millions of empty lists': `{"records":[${'[],'.repeat(4_000_000)}[]]}`,
    'a list in a list in a list': '['.repeat(10_000_000),
  };
  for (const [what, text] of Object.entries(unfit)) {
    it(`refuses ${what}, although the owner signed it`, async () => {
      await assertRefused(await sending(signed(OWNER, text), text));
    });
  }

  const forged: Record<string, [headers: Record<string, string | number>, body: string | Uint8Array]> = {
    'no signature': [{}, json],
    'a signature alone': [{ 'peerdex-signature': headers['peerdex-signature']! }, json],
    'a page that was altered': [headers, bytes.toString().replace('"size":3', '"size":4')],
    'a page written anew': [
      { ...headers, 'content-length': json.length + 9 },
      JSON.stringify(wire, undefined, 1).slice(0, json.length + 9),
    ],
    'a page that the server signed itself': [signed(SERVER, json), json],
    'headers that are no base64': [{ 'peerdex-key': '%%%', 'peerdex-signature': '%%%' }, json],
    'headers of 8 KB': [{ 'peerdex-key': 'A'.repeat(4000), 'peerdex-signature': 'A'.repeat(4000) }, json],
  };
  for (const [what, [with_, text]] of Object.entries(forged)) {
    it(`refuses ${what}`, async () => {
      await assertRefused(await sending({ ...with_, 'content-length': Buffer.byteLength(text) }, text));
    });
  }

  it('reads no further than a page may be long, and ends the connection', async () => {
    let sent = 0;
    const endless = await serving((_, response) => {
      const junk = Buffer.alloc(1 << 20, 0x20);
      const pour = () => {
        while (!response.destroyed && response.write(junk)) sent += junk.byteLength;
      };
      response.writeHead(200).on('drain', pour);
      pour();
    });
    await assertRefused(endless);
    assert.ok(sent < 3 * MAX_PAGE_BYTES, `${sent} bytes were taken`);
  });

  it('ends with its caller', async () => {
    const caller = new AbortController();
    const silent = await serving((_, response) => {
      response.writeHead(200).flushHeaders();
      setImmediate(() => caller.abort(new Error('enough')));
    });
    await assert.rejects(fetchPage(silent, OWNER.id, ASKED, caller.signal), /enough/);
  });

  async function assertRefused(server: KnownPeer): Promise<void> {
    await assert.rejects(fetch(server), (error: Error & { code: string }) => {
      assert.equal(error.code, 'verification', error.message);
      assert.ok(error.message.includes(SERVER.id) && error.message.includes(OWNER.id), error.message);
      assert.ok(error.message.length < 400, error.message);
      return true;
    });
  }
});
