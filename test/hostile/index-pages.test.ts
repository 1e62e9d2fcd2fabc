import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { signPage } from '../../src/index/signed-page.ts';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { HostilePeer, sendPage, sendSigned } from '../harness/hostile-peer.ts';
import type { PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { freshKey } from '../support/fresh-key.ts';
import { GoodPair } from './good-pair.ts';
import { FALSE_PAGES, fileRecord, pourPage } from './pages.ts';

/** Hostile peers: well below the number from which on a peer is asked through others. */
const AT_A_TIME = 6;

describe('pages of an index that are false, endless or not there', () => {
  let pair: GoodPair;
  let network: ProcessNetwork;
  let bob: PeerProcess;
  let base: { join: string };

  before(async () => {
    pair = await GoodPair.start();
    ({ network, bob } = pair);
    base = { join: network.join };
  });
  after(() => pair[Symbol.asyncDispose]());

  const stillWell = () => pair.stillWell();

  it('an endless log page takes no memory', async () => {
    await using mallory = await HostilePeer.start({
      ...base,
      name: 'endless',
      answerLog: pourPage,
    });
    await eventually(() => mallory.asked > 0);
    await using _honest = await HostilePeer.start({
      ...base,
      name: 'later',
      records: [fileRecord(1, 'share/later.txt')],
    });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'later'])).total === 1, {
      timeout: 20_000,
    });
    await stillWell();
  });

  it('a peer that never answers holds nobody up', async () => {
    const started = async (name: string) => {
      const began = performance.now();
      return { peer: await network.peer(name), ms: performance.now() - began };
    };
    const usual = await started('dave');
    await usual.peer.daemon.kill('SIGTERM');
    await using mallory = await HostilePeer.start({ ...base, name: 'silent', answerLog: () => {} });
    await eventually(() => mallory.asked > 0);
    await using _honest = await HostilePeer.start({
      ...base,
      name: 'quick',
      records: [fileRecord(1, 'share/quick.txt')],
    });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'quick'])).total === 1, {
      timeout: 5000,
    });
    const carol = await started('carol');
    const longer = Math.round(carol.ms - usual.ms);
    assert.ok(longer < 9000, `it waits for the silent one for 5 s at most, and was ready ${longer} ms later`);
    assert.equal((await carol.peer.ask<FindAnswer>(['find', 'good'])).total, 1);
  });

  it('pages that are forged, or promise what no log has, are refused or harmless, and said once', async () => {
    const good = fileRecord(1, 'share/forged.txt');
    const forge = async (page: (typeof FALSE_PAGES)[keyof typeof FALSE_PAGES], i: number) => {
      await using mallory = await HostilePeer.start({ ...base, name: `forger${i}`, records: [good], page });
      await eventually(() => bob.daemon.stderr.includes(mallory.id));
      assert.ok(mallory.asked <= 3, `asked ${mallory.asked} times by three peers`);
    };
    // A few at a time: among many peers some ask others than the owner.
    const pages = Object.values(FALSE_PAGES);
    for (let at = 0; at < pages.length; at += AT_A_TIME)
      await Promise.all(pages.slice(at, at + AT_A_TIME).map((page, i) => forge(page, at + i)));
    await Promise.all([
      (async () => {
        // Somebody who alters what another signed, and signs it anew.
        await using mallory = await HostilePeer.start({
          ...base,
          name: 'alterer',
          answerLog: (response) => sendSigned(response, freshKey(), '{}'),
        });
        await eventually(() => bob.daemon.stderr.includes(mallory.id));
        const lines = bob.daemon.stderr.split('\n').filter((line) => line.includes(mallory.id));
        assert.equal(lines.length, 1, lines.join('\n'));
      })(),
      (async () => {
        await using promiser = await HostilePeer.start({
          ...base,
          name: 'promiser',
          records: [fileRecord(1, 'share/promised.txt')],
          page: { last: Number.MAX_SAFE_INTEGER },
        });
        await eventually(async () => (await bob.ask<FindAnswer>(['find', 'promised'])).total === 1);
        assert.ok(promiser.asked <= 3, `asked ${promiser.asked} times by three peers`);
      })(),
    ]);
    assert.equal((await bob.ask<FindAnswer>(['find', 'forged'])).total, 0);
    await stillWell();
  });

  it('a page counts only as its owner signed it, to the last byte', async () => {
    const records = [fileRecord(1, 'share/signed.txt')];
    const send: [why: string, (response: ServerResponse, self: HostilePeer) => void][] = [
      [
        'its signature is wrong',
        (response, { key, page }) => {
          const body = Buffer.from(page.replace('share/signed', 'share/signee'));
          sendPage(response, { ...signPage(key, Buffer.from(page)), body });
        },
      ],
      // Under the key of the owner, which everybody has.
      [
        'its signature is wrong',
        (response, { key: { publicKey }, page }) =>
          sendPage(response, { ...signPage(freshKey(), Buffer.from(page)), key: publicKey }),
      ],
      ['its key is not the key of its owner', (response, { page }) => sendSigned(response, freshKey(), page)],
      [
        'it is not signed',
        (response, { page }) => response.writeHead(200, { 'content-type': 'application/json' }).end(page),
      ],
    ];
    await Promise.all(
      send.map(async ([why, answerLog], i) => {
        await using mallory = await HostilePeer.start({ ...base, name: `signer${i}`, records, answerLog });
        const said = `the index page that ${mallory.id} sent is refused: ${why}`;
        await eventually(() => bob.daemon.stderr.includes(said));
      }),
    );
    for (const word of ['signed', 'signee'])
      assert.equal((await bob.ask<FindAnswer>(['find', word])).total, 0, word);
    // The same page with the right signature is taken.
    await using _honest = await HostilePeer.start({ ...base, name: 'signer', records });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'signed'])).total === 1);
    await stillWell();
  });

  it('pages that are no log are refused, and the peer is left alone for a while', async () => {
    const answers = [
      'not json',
      '{}',
      '[]',
      '{"records":{}}',
      `{"owner":"${'0'.repeat(32)}"}`,
      'null',
      '"x"',
    ];
    await Promise.all(
      answers.map(async (body, i) => {
        await using mallory = await HostilePeer.start({
          ...base,
          name: `wrong${i}`,
          answerLog: (response, { key }) => sendSigned(response, key, body),
        });
        await eventually(() => mallory.asked > 0);
        assert.ok(mallory.asked < 20, `asked ${mallory.asked} times`);
      }),
    );
    await stillWell();
  });
});
