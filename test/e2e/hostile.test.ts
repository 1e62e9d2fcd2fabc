import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { signPage } from '../../src/index/signed-page.ts';
import type { CsvRow, FindAnswer, Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { HostilePeer, sendPage, sendSigned } from '../harness/hostile-peer.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { freshKey } from '../support/fresh-key.ts';

const CONTENT = 'ab'.repeat(32);
const BAD_PATHS = [
  '../../evil.txt',
  '/evil.txt',
  'share/../../evil.txt',
  'share/./evil.txt',
  'share//evil.txt',
  'share/ev\0il.txt',
  'share/\u001b[31mevil.txt',
  'share/evil\r\n.txt',
  `share/.peerdex-evil`,
  `share/evil ${'x'.repeat(300)}`,
  'share/evil \ud800.txt',
  'share/evil Zo\u0308e',
];

const record = (seq: number, path: string) => ({
  ...{ seq, path, kind: 'file' as const, size: 4, mtime: '1700000000000000000', executable: false },
  ...{ content: CONTENT, flag: 1 as const },
});

describe('hostile members of the network', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;
  let base: { join: string };

  before(async () => {
    network = await ProcessNetwork.start();
    const good = await makeTree(network.folder.join('good'), { 'good.txt': 'good' });
    alice = await network.peer('alice', { shares: [good] });
    bob = await network.peer('bob');
    base = { join: network.join };
  });
  after(() => network[Symbol.asyncDispose]());

  const stillWell = async () => {
    assert.equal((await bob.ask<FindAnswer>(['find', 'good'])).total, 1);
    assert.ok(bob.daemon.stats.peakMemory < 250 * 2 ** 20, `${bob.daemon.stats.peakMemory} bytes`);
  };

  it('no name from outside enters the index unless it is a plain path', async () => {
    await Promise.all(
      BAD_PATHS.map(async (bad, i) => {
        await using mallory = await HostilePeer.start({
          ...base,
          name: `mallory${i}`,
          records: [record(1, bad)],
        });
        await eventually(() => mallory.asked > 0);
      }),
    );
    // What comes after is known to have been taken in: so what came before was, too.
    await using honest = await HostilePeer.start({
      ...base,
      name: 'honest',
      records: [record(1, 'share/honest.txt')],
    });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'honest'])).total === 1);
    const csv = await bob.run(['csv', '--json', '--raw']);
    const rows = csv.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CsvRow);
    assert.deepEqual(
      rows.filter(({ file }) => file.includes('evil')),
      [],
    );
    assert.ok(rows.some(({ peer }) => peer === honest.id));
    assert.equal((await bob.ask<FindAnswer>(['find', 'evil'])).total, 0);
    await stillWell();
  });

  it('a name may not reach the terminal with escapes in it', async () => {
    // Not a control character, so a legal name: it turns the reading direction over.
    const tricky = 'share/\u202egpj.exe';
    await using mallory = await HostilePeer.start({ ...base, name: 'bidi', records: [record(1, tricky)] });
    await eventually(() => mallory.asked > 0);
    const { stdout } = await bob.run(['find', 'exe']);
    assert.doesNotMatch(stdout, /[\u202a-\u202e\u2066-\u2069]/u);
    const error = await bob.run(['get', 'no such \u001b[31m\u001b]0;title\u0007 file']);
    assert.equal(error.code, 3);
    assert.ok(
      !error.stderr.includes('\u001b') && !error.stderr.includes('\u0007'),
      JSON.stringify(error.stderr),
    );
  });

  it('a get whose holder has no such thing fails with a reason and writes nothing outside', async () => {
    await using _mallory = await HostilePeer.start({
      ...base,
      name: 'empty',
      records: [record(1, 'share/hollow.txt')],
    });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'hollow'])).total === 1);
    const got = await bob.get(['hollow.txt', '-o', network.folder.join('hollow.txt')], { timeout: 50_000 });
    assert.notEqual(got.code, 0);
    assert.ok(got.failed[0]?.reason, got.stderr);
    assert.equal(existsSync(network.folder.join('hollow.txt')), false);
    assert.deepEqual(
      (await readdir(network.folder.path)).filter((name) => name.includes('peerdex-')),
      [],
    );
    await stillWell();
  });

  it('a false size in an index stops nobody who wants the file', async () => {
    const sizes = [0, 3, 5, 2 ** 30, 2 ** 43];
    for (const size of sizes) {
      const name = `of ${size}.txt`;
      const shared = await makeTree(network.folder.join(`share-${size}`), { [name]: `four ${size}` });
      await alice.ask(['share', shared]);
      await eventually(async () => (await bob.ask<FindAnswer>(['find', name])).total === 1);
      const content = (await bob.ask<FindAnswer>(['find', name])).results[0]!.content;
      await using _mallory = await HostilePeer.start({
        ...base,
        name: `liar${size}`,
        records: [{ ...record(1, `share/alias ${size}.txt`), content, size }],
      });
      await eventually(async () => (await bob.ask<FindAnswer>(['find', 'alias', String(size)])).total === 1);
      const got = await bob.get([`alias ${size}.txt`], { timeout: 60_000 });
      const { path: place } = got.one();
      assert.equal(await readFile(place, 'utf8'), `four ${size}`);
    }
    await stillWell();
  });

  it('an endless log page takes no memory', async () => {
    await using mallory = await HostilePeer.start({
      ...base,
      name: 'endless',
      answerLog: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const junk = `{"records":[${'0,'.repeat(1 << 19)}`;
        const pour = () => {
          while (!response.destroyed && response.write(junk));
        };
        response.on('drain', pour);
        pour();
      },
    });
    await eventually(() => mallory.asked > 0);
    await using _honest = await HostilePeer.start({
      ...base,
      name: 'later',
      records: [record(1, 'share/later.txt')],
    });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'later'])).total === 1, {
      timeout: 20_000,
    });
    await stillWell();
  });

  it('a peer that never answers holds nobody up', async () => {
    await using mallory = await HostilePeer.start({ ...base, name: 'silent', answerLog: () => {} });
    await eventually(() => mallory.asked > 0);
    await using _honest = await HostilePeer.start({
      ...base,
      name: 'quick',
      records: [record(1, 'share/quick.txt')],
    });
    await eventually(async () => (await bob.ask<FindAnswer>(['find', 'quick'])).total === 1, {
      timeout: 5000,
    });
    const started = performance.now();
    const carol = await network.peer('carol');
    assert.ok(performance.now() - started < 9000, 'a new peer is ready after 5 s at most');
    assert.equal((await carol.ask<FindAnswer>(['find', 'good'])).total, 1);
  });

  it('pages that are forged, or promise what no log has, are refused or harmless, and said once', async () => {
    const good = record(1, 'share/forged.txt');
    const pages: Record<string, Record<string, unknown>> = {
      'of somebody else': { owner: '0'.repeat(32) },
      'out of order': { last: 9, records: [record(5, 'share/forged1.txt'), record(4, 'share/forged2.txt')] },
      'beyond the last': { last: 1, records: [record(7, 'share/forged3.txt')] },
      'a name of 10 MB': { records: [record(1, `share/forged${'x'.repeat(10_000_000)}`)] },
      'too many': {
        last: 3000,
        records: Array.from({ length: 3000 }, (_, i) => record(i + 1, `s/forged${i}`)),
      },
      'more, and nothing': { last: 1e9, records: [], more: true },
    };
    await Promise.all([
      ...Object.values(pages).map(async (page, i) => {
        await using mallory = await HostilePeer.start({ ...base, name: `forger${i}`, records: [good], page });
        await eventually(() => bob.daemon.stderr.includes(mallory.id));
        assert.ok(mallory.asked <= 3, 'each of three peers asks once');
      }),
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
          records: [record(1, 'share/promised.txt')],
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
    const records = [record(1, 'share/signed.txt')];
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

  it('a registry refuses another protocol version with one sentence', async () => {
    await assert.rejects(HostilePeer.start({ ...base, name: 'future', protocol: 99 }), {
      code: 'unsupported',
      message: /version 99/,
    });
  });

  it('nonsense on the public port ends the connection and nothing else', async () => {
    const junk = [
      randomBytes(70_000),
      Buffer.from('GET / HTTP/1.1\r\n'.padEnd(200_000, 'x')),
      Buffer.alloc(100_000),
      Buffer.from('\x16\x03\x01'),
    ];
    for (const bytes of junk) {
      for (const port of [bob.port, network.registryPort]) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        await once(socket, 'connect');
        socket.end(bytes);
        socket.resume();
        await eventually(() => socket.closed, { timeout: 40_000 });
      }
    }
    await stillWell();
    assert.equal((await bob.ask<Status>(['status'])).network.registered, true);
    assert.ok(existsSync(path.join(bob.data, 'daemon.json')));
  });
});
