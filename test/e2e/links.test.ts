import assert from 'node:assert/strict';
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { curlLine, linkBases, linkUrl, publicKeyPin } from '../../src/app/public/link-urls.ts';
import type { LinkRow } from '../../src/protocol/http/local/link-row.ts';
import { errorOf } from '../harness/answers.ts';
import { curl } from '../harness/curl.ts';
import { Daemon } from '../harness/daemon.ts';
import { eventually } from '../harness/eventually.ts';
import { makeFile, makeTree } from '../harness/files.ts';
import { freePort } from '../harness/free-port.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { skipWithout } from '../runner/system-tools.ts';

const MARKUP = '<img src=x onerror=alert(1)>&amp;\'".png';
const LONG = `${'n'.repeat(251)}.txt`;

describe('peerdex link', { skip: skipWithout('curl') }, () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let linkPort: number;

  before(async () => {
    network = await ProcessNetwork.start(['--plaintext']);
    const root = await makeTree(network.folder.join('web'), {
      'hello.txt': 'hello',
      [`set/${MARKUP}`]: 'markup',
      'set/\u202egnp.exe': 'turned about',
      [`set/${LONG}`]: 'long',
      'set/in/deep.txt': 'deep',
      'a/same.txt': 'one',
      'b/same.txt': 'other',
    });
    await makeTree(network.folder.path, { 'secret.txt': 'outside of every share' });
    await makeFile(path.join(root, 'set/data.bin'), 3_000_001);
    linkPort = await freePort();
    alice = await network.peer('alice', { shares: [root], args: ['--link-http', `127.0.0.1:${linkPort}`] });
    const theirs = await makeTree(network.folder.join('music'), { 'song.mp3': 'la la' });
    await network.peer('seed', { shares: [theirs] });
  });
  after(() => network[Symbol.asyncDispose]());

  const link = async (...args: string[]) => (await alice.ask<{ link: LinkRow }>(['link', ...args])).link;
  const refused = async (...args: string[]) => {
    const result = await alice.run(['link', ...args, '--json']);
    return { exit: result.code, ...errorOf(result) };
  };

  it('prints a URL and its end, and as JSON what scripts need', async () => {
    const { code, stdout } = await alice.run(['link', 'hello.txt', '--expires', '2d']);
    assert.equal(code, 0);
    const [url = '', ...rest] = stdout.split('\n');
    assert.equal((await curl(url)).body.toString(), 'hello');
    assert.match(rest.join('\n'), /ends {7}\d{4}-\d\d-\d\d \d\d:\d\d/);
    assert.match(rest.join('\n'), /curl -O 'http:/);
    assert.doesNotMatch(stdout, /pinned|warn/, 'nothing of certificates in a plaintext network');
    const made = await link('hello.txt');
    assert.match(made.id, /^[0-9a-f]{16}$/);
    assert.deepEqual(
      made.urls.map((one) => new URL(one).port),
      [String(linkPort), String(alice.port)],
    );
    assert.equal(made.url, made.urls[0]);
    assert.deepEqual([made.path, made.size, made.pin, made.kind], ['web/hello.txt', 5, null, 'file']);
    const days = (Date.parse(made.expires) - Date.parse(made.created)) / 86_400_000;
    assert.equal(days, 7);
    for (const one of made.urls) assert.equal((await curl(one)).status, 200, one);
  });

  it('serves a folder with its files, ranges and nothing else', async () => {
    const { url } = await link('set/');
    const bytes = await readFile(network.folder.join('web/set/data.bin'));
    assert.ok((await curl(`${url}data.bin`)).body.equals(bytes));
    const part = await curl('-H', 'Range: bytes=1000000-', `${url}data.bin`);
    assert.equal(part.status, 206);
    assert.ok(part.body.equals(bytes.subarray(1_000_000)));
    for (const rest of [
      '../hello.txt',
      '%2e%2e/hello.txt',
      '..%2f..%2f..%2fsecret.txt',
      '%2fetc%2fpasswd',
      '..%5c..%5csecret.txt',
    ]) {
      const { status, body } = await curl('--path-as-is', url + rest);
      assert.ok([400, 403, 404].includes(status), `${rest}: ${status}`);
      assert.doesNotMatch(body.toString(), /^hello$|outside of|root:/);
    }
  });

  it('lists hostile names as text, and every one of them can be fetched', async () => {
    const { url } = await link('set/');
    const { headers, body } = await curl('-H', 'Accept: text/html', url);
    assert.match(headers['content-security-policy'] ?? '', /^default-src 'none'; style-src 'sha256-/);
    const page = body.toString();
    assert.doesNotMatch(page, /<img|\u202e/);
    assert.ok(page.includes('&lt;img src=x onerror=alert(1)&gt;&amp;amp;&#39;&quot;.png'));
    const hrefs = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => new URL(href!, url).href);
    assert.equal(hrefs.length, 5);
    for (const href of hrefs) assert.equal((await curl(href)).status, 200, href);
  });

  it('links what this peer holds, and says who else holds what it does not', async () => {
    await eventually(async () => {
      const error = await refused('song.mp3');
      return (
        error.exit === 3 && /held by seed/.test(error.message) && /peerdex get seed:/.test(error.hint ?? '')
      );
    });
    const several = await refused('same.txt');
    assert.equal(several.exit, 2);
    assert.deepEqual(several.candidates?.map(({ what }) => what).sort(), [
      'alice:web/a/same.txt',
      'alice:web/b/same.txt',
    ]);
    assert.equal((await link('alice:web/a/same.txt')).path, 'web/a/same.txt');
    assert.equal((await link('in/deep.txt')).path, 'web/set/in/deep.txt');
    assert.equal((await refused('nothing-like-it')).exit, 3);
    (await alice.get(['song.mp3'])).succeeded();
    const { url } = await link('song.mp3');
    assert.equal((await curl(url)).body.toString(), 'la la');
  });

  it('refuses ends that make no sense, and calls that say two things', async () => {
    for (const args of [
      ['hello.txt', '--expires', '0'],
      ['hello.txt', '--expires', 'never'],
      ['hello.txt', '--expires', '11000d'],
      ['hello.txt', '--expires', '2001-01-01'],
      ['hello.txt', '--expires', 'soon'],
      ['hello.txt', '--list'],
      ['hello.txt', 'same.txt'],
      ['--list', '--expires', '1d'],
      ['--revoke', 'not-an-id'],
      [],
    ]) {
      const { exit, code } = await refused(...args);
      assert.deepEqual([exit, code], [2, 'usage'], args.join(' '));
    }
  });

  it('lists links, and withdraws one by the beginning of its id', async () => {
    const made = await link('hello.txt', '--expires', '1h');
    await curl(made.url);
    const listed = async () =>
      (await alice.ask<{ links: LinkRow[] }>(['link', '--list'])).links.find(({ id }) => id === made.id)!;
    const { used, state, url } = await listed();
    assert.deepEqual([used, state, url], [1, 'valid', made.url]);
    const said = await alice.run(['link', '--revoke', made.id.slice(0, 12)]);
    assert.equal(said.code, 0);
    assert.match(said.stdout, /web\/hello\.txt is withdrawn/);
    assert.equal((await listed()).state, 'revoked');
    const page = await curl('-H', 'Accept: text/html', made.url);
    assert.deepEqual([page.status, page.headers['content-type']], [410, 'text/html; charset=utf-8']);
    const problem = await curl(made.url);
    assert.deepEqual(
      [problem.status, JSON.parse(problem.body.toString()).detail],
      [410, 'this link was withdrawn'],
    );
    assert.equal((await refused('--revoke', '0123456789abcdef')).exit, 3);
    const table = await alice.run(['link', '--list']);
    assert.match(table.stdout, /^ID +WHAT[\s\S]*revoked/);
  });

  it('opens a listener that serves links and nothing else', async () => {
    const { url } = await link('hello.txt');
    const { origin } = new URL(url);
    for (const where of [
      '/',
      '/openapi.json',
      '/v1/peer',
      '/v1/index/log',
      '/v1/files/web/hello.txt',
      '/l/',
      '/l',
    ]) {
      const { status, headers } = await curl(origin + where);
      assert.deepEqual([status, headers['content-type']], [404, 'application/problem+json'], where);
    }
    assert.equal((await curl('-H', 'Host: evil.example', url)).status, 403);
    assert.equal((await curl('-H', 'Origin: http://evil.example', url)).status, 403);
    assert.equal((await curl(url)).status, 200);
  });
});

describe('links behind a certificate', { skip: skipWithout('curl') || skipWithout('openssl') }, () => {
  let network: ProcessNetwork;
  before(async () => {
    network = await ProcessNetwork.start();
    await makeTree(network.folder.join('web'), { 'hello.txt': 'hello' });
    for (const name of ['one', 'two']) makeCertificate(network.folder.path, name);
  });
  after(() => network[Symbol.asyncDispose]());

  const files = (chain: string, key: string) => [
    ...['--tls-cert', network.folder.join(chain)],
    ...['--tls-key', network.folder.join(key)],
  ];
  const up = (name: string, ...args: string[]) =>
    runProgram([
      'up',
      '--data',
      network.folder.join(name),
      '--join',
      network.join,
      '--listen',
      '127.0.0.1:0',
      ...args,
    ]);

  it('have its name in their URL and come over TLS', async () => {
    const args = ['--link-http', '127.0.0.1:0', ...files('one.crt', 'one.key')];
    const alice = await network.peer('alice', { shares: [network.folder.join('web')], args });
    const { link } = await alice.ask<{ link: LinkRow }>(['link', 'hello.txt']);
    const { protocol, hostname, port } = new URL(link.url);
    assert.deepEqual([protocol, hostname, link.pin], ['https:', 'files.example', null]);
    assert.equal(new URL(link.urls[1]!).protocol, 'https:', 'the port for members, by its own key');
    const trust = [
      '--cacert',
      network.folder.join('one.crt'),
      '--resolve',
      `files.example:${port}:127.0.0.1`,
    ];
    assert.equal((await curl(...trust, link.url)).body.toString(), 'hello');
    await assert.rejects(curl(link.url.replace('https:', 'http:').replace('files.example', '127.0.0.1')));
  });

  it('of a peer whose certificate is its own are fetched by the command that is printed, and by no other key', async () => {
    const [cert, key, other] = await Promise.all(
      ['one.crt', 'one.key', 'two.crt'].map((name) => readFile(network.folder.join(name), 'utf8')),
    );
    const server = createHttps({ cert, key }, (_request, response) => response.end('hello')).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const [base] = linkBases(undefined, [{ host: '127.0.0.1', port }], 'tls');
      assert.equal(base!.selfSigned, true);
      const url = linkUrl(base!, 'TOKEN', { kind: 'file', path: "web/it's.txt" });
      const pinOf = (pem: string) =>
        publicKeyPin(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }));
      const run = (pin: string) =>
        spawnAsync('sh', ['-c', curlLine(url, 'file', pin)], { cwd: network.folder.path });
      assert.equal(await run(pinOf(cert!)), 0);
      assert.equal(await readFile(network.folder.join('it%27s.txt'), 'utf8'), 'hello');
      assert.equal(await run(pinOf(other!)), 90, 'CURLE_SSL_PINNEDPUBKEYNOTMATCH');
    } finally {
      server.close();
    }
  });

  it('of a peer of a TLS network are fetched by the line that the command prints', async () => {
    const share = await makeTree(network.folder.join('own'), { 'own.txt': 'by its own key' });
    const bob = await network.peer('bob', { shares: [share] });
    const { link } = await bob.ask<{ link: LinkRow & { curl: string } }>(['link', 'own.txt']);
    assert.match(link.curl, /^curl --pinnedpubkey 'sha256\/\/[\w+/]{43}=' -k -O 'https:/);
    const printed = await bob.run(['link', 'own.txt']);
    assert.match(printed.stdout, /a browser will warn/);
    assert.equal(await spawnAsync('sh', ['-c', link.curl], { cwd: network.folder.path }), 0);
    assert.equal(await readFile(network.folder.join('own.txt'), 'utf8'), 'by its own key');
  });

  it('do not start with files that do not fit', async () => {
    await writeFile(network.folder.join('none.pem'), 'nothing of the kind');
    for (const [args, sentence] of [
      [['--link-http', '127.0.0.1:0', ...files('one.crt', 'two.key')], /is not that of the certificate/],
      [['--link-http', '127.0.0.1:0', ...files('one.crt', 'gone.key')], /cannot read the key file/],
      [['--link-http', '127.0.0.1:0', ...files('none.pem', 'one.key')], /holds no certificate in PEM/],
      [['--link-http', '127.0.0.1:0', ...files('one.crt', 'none.pem')], /holds no private key in PEM/],
      [files('one.crt', 'one.key'), /go with --link-http/],
      [
        ['--link-http', '127.0.0.1:0', '--tls-cert', network.folder.join('one.crt')],
        /--tls-cert goes with --tls-key/,
      ],
    ] as const) {
      const { code, stderr } = await up('broken', ...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, sentence);
    }
    const registryPort = new URL(network.registry.ready.url).port;
    const taken = await up('broken', '--link-http', `127.0.0.1:${registryPort}`);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /in use/);
  });
});

describe('links by the environment and config.json', () => {
  it('the listener for links is a setting like any other', async () => {
    await using network = await ProcessNetwork.start();
    const data = await network.makeFolder('peer');
    const web = await makeTree(network.folder.join('web'), { 'hello.txt': 'hello' });
    const port = await freePort();
    await writeFile(path.join(data, 'config.json'), JSON.stringify({ linkHttp: `127.0.0.1:${port}` }));
    const args = ['up', web, '--data', data, '--join', network.join, '--listen', '127.0.0.1:0'];
    await using peer = await Daemon.start(args);
    assert.ok(peer.isRunning);
    const { stdout } = await runProgram(['link', 'hello.txt', '--json', '--data', data]);
    const { link } = JSON.parse(stdout) as { link: LinkRow };
    assert.equal(new URL(link.url).port, String(port));
    assert.equal(await (await fetch(link.url)).text(), 'hello');
  });
});

/** Its exit code. */
async function spawnAsync(command: string, args: string[], options: SpawnOptions): Promise<number> {
  const [code] = await once(spawn(command, args, { ...options, stdio: 'ignore' }), 'close');
  return code as number;
}

function makeCertificate(folder: string, name: string): void {
  const { status, stderr } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=files.example', '-addext', 'subjectAltName=DNS:files.example'],
    ...['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.crt`)],
  ]);
  assert.equal(status, 0, String(stderr));
}
