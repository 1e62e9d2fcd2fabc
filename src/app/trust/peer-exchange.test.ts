import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { settle } from '../../../test/support/settle.ts';
import { signer, TestNetwork } from '../../../test/support/signers.ts';
import type { IndexHead } from '../../core/entry.ts';
import { PeerdexError } from '../../core/errors.ts';
import type { PeerId } from '../../core/ids.ts';
import type { KnownPeer } from '../../core/known-peer.ts';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { signRevocations } from '../../core/trust/revocations.ts';
import type { PeerClient } from './peer-clients.ts';
import { PeerExchange } from './peer-exchange.ts';

const network = new TestNetwork();
const PEERS: readonly KnownPeer[] = Array.from({ length: 8 }, (_, n) => ({
  ...{ id: signer(n).id, name: `peer-${n}`, addresses: [{ host: '10.0.0.1', port: 1 }], active: true },
  ...{ since: 0, lastSeen: 0, files: 0, bytes: 0, role: 'publish' },
}));
const HEAD: IndexHead = { index: '01'.repeat(8), seq: 7 };

describe('the exchange with a few peers', () => {
  let clock: ManualClock;
  let asked: PeerId[];
  let heads: IndexHead[];
  let answers: boolean;
  const trust = network.member(signer(20));

  beforeEach(() => {
    clock = new ManualClock();
    [asked, heads, answers] = [[], [], false];
  });

  function begin() {
    const exchange = new PeerExchange({
      trust,
      clients: {
        use: async (peer, work) => {
          asked.push(peer.id);
          if (peer.id === PEERS[3]!.id) throw new PeerdexError('unavailable', 'it is away');
          return work(
            { news: async () => ({ revocations: 0, head: HEAD }) } as unknown as PeerClient,
            '',
            () => {},
          );
        },
      },
      directory: {
        active: () => PEERS,
        get: (id) => PEERS.find((peer) => peer.id === id),
        onChange: () => () => {},
      },
      registryAnswers: () => answers,
      onHead: (head) => heads.push(head),
      onHeads: () => {},
      own: { head: () => HEAD, bring: async () => {} },
      firsts: () => PEERS.map(({ id }) => id).toReversed(),
      clock,
      random: seededRandom(7),
      log: silentLog,
    });
    exchange.start();
    return exchange;
  }

  it('asks three others at the start and within 36 s again, as long as the registry does not answer', async () => {
    await using exchange = begin();
    await settle();
    assert.equal(new Set(asked).size, 3);
    assert.ok(heads.length >= 2);
    for (let round = 2; round < 10; round += 1) {
      clock.advance(36_000);
      await settle();
      assert.equal(asked.length, 3 * round);
    }
    assert.equal(new Set(asked).size, PEERS.length, 'each in its turn, by chance');
    answers = true;
    exchange.registryChanged();
    await settle();
    const before = asked.length;
    clock.advance(200_000);
    await settle();
    assert.equal(asked.length, before, 'seldom while it does');
  });

  it('passes a newer list on at once, and not to who is on it', async () => {
    await using _exchange = begin();
    await settle();
    const out = PEERS.slice(0, 6).map(({ id }) => id);
    asked.length = 0;
    trust.takeRevocations(signRevocations(network.key, { network: network.id, number: 1, peers: out }));
    await settle();
    assert.deepEqual(
      [...asked].sort(),
      PEERS.slice(6)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('after a change of the own log goes to the two that are to know it first, and without a registry to all of these', async () => {
    await using exchange = begin();
    const byChange = async () => {
      await settle();
      asked.length = 0;
      exchange.headChanged();
      exchange.headChanged();
      clock.advance(2000);
      await settle();
      return asked;
    };
    assert.equal((await byChange()).length, PEERS.length);
    answers = true;
    assert.deepEqual(await byChange(), [PEERS[7]!.id, PEERS[6]!.id]);
  });
});
