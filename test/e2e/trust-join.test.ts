import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { formatJoinLink, parseJoinLink } from '../../src/core/join-link.ts';
import { formatSecret } from '../../src/core/trust/invite.ts';
import type { Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { care, type InviteMade, invite, refusedWith } from '../harness/trust.ts';

interface Invites {
  readonly invites: readonly { readonly id: string; readonly state: string }[];
}

describe('joining', () => {
  let network: ProcessNetwork;

  before(async () => {
    network = await ProcessNetwork.start();
  });
  after(() => network[Symbol.asyncDispose]());

  it('by a link with a wrong secret is refused as that', async () => {
    const link = parseJoinLink(network.join);
    const secret = formatSecret(randomBytes(16));
    const { exit, code, message } = await refusedWith(
      network,
      'guesser',
      formatJoinLink({ ...link, secret }),
    );
    assert.deepEqual([exit, code], [1, 'unauthorized']);
    assert.match(message, /secret of this join link is wrong/);
    const none = await refusedWith(network, 'bare', formatJoinLink({ ...link, secret: undefined }));
    assert.deepEqual([none.exit, none.code], [1, 'forbidden']);
    assert.match(none.message, /no member of this network/);
  });

  it('by a used-up link is refused as that; who came by it starts again', async () => {
    const { link } = await invite(network, '--uses', '1');
    const first = await network.peer('first', { args: ['--join', link] });
    const { exit, code, message, hint } = await refusedWith(network, 'second', link);
    assert.deepEqual([exit, code], [1, 'forbidden']);
    assert.match(message, /used up/);
    assert.match(hint ?? '', /registry invite/);
    await first.daemon.restart();
    assert.equal(first.daemon.ready.registered, true);
  });

  it('by an ended link is refused as that; who came by it starts again', async () => {
    const { early, id, link } = await joinedInTime(network);
    await eventually(async () => {
      const { invites } = await care<Invites>(network, ['invites']);
      return invites.find((one) => one.id === id)?.state === 'ended';
    });
    const { exit, code, message } = await refusedWith(network, 'late', link);
    assert.deepEqual([exit, code], [1, 'forbidden']);
    assert.match(message, /has ended/);
    await early.daemon.restart();
    assert.equal(early.daemon.ready.registered, true);
  });

  it('by a withdrawn link is refused as that', async () => {
    const { link } = await invite(network);
    const rogue = await network.peer('rogue', { args: ['--join', link] });
    await care(network, ['revoke', 'rogue']);
    const { exit, code, message } = await refusedWith(network, 'friend-of-rogue', link);
    assert.deepEqual([exit, code], [1, 'forbidden']);
    assert.match(message, /this join link was withdrawn/);
    await rogue.daemon.kill('SIGTERM');
    const again = await refusedWith(network, 'rogue-data', network.join);
    assert.deepEqual([again.exit, again.code], [1, 'forbidden']);
    assert.match(again.message, /revoked/);
  });

  it('a registry with another key than the link says is not told the secret', async () => {
    const link = { ...parseJoinLink(network.join), network: 'ab'.repeat(16) };
    const { exit, code, message } = await refusedWith(network, 'misled', formatJoinLink(link));
    assert.deepEqual([exit, code], [5, 'verification']);
    assert.match(message, /somebody else: the key there has the id [0-9a-f]{32}, not (ab){16}/);
  });

  it('a link of the wrong mode says which it is', async () => {
    const secure = parseJoinLink(network.join);
    assert.equal(secure.mode, 'tls', 'by default');
    const open = formatJoinLink({ ...secure, mode: 'plaintext' });
    const downgraded = await refusedWith(network, 'downgraded', open);
    assert.deepEqual([downgraded.exit, downgraded.code], [1, 'conflict']);
    assert.match(downgraded.message, /runs a tls network, the join link is of a plaintext one/);

    await using plain = await ProcessNetwork.start(['--plaintext']);
    const upgraded = formatJoinLink({ ...parseJoinLink(plain.join), mode: 'tls' });
    const { exit, code, message } = await refusedWith(plain, 'upgraded', upgraded);
    assert.deepEqual([exit, code], [1, 'unsupported']);
    assert.match(message, /does not speak TLS: is it a plaintext network\?/);
    const member = await plain.peer('member');
    assert.equal((await member.ask<Status>(['status'])).network.mode, 'plaintext');
  });
});

/** A peer that came in by a link which ends soon. On a busy machine a link may end before a process has started. */
async function joinedInTime(
  network: ProcessNetwork,
  seconds = 4,
): Promise<InviteMade & { early: PeerProcess }> {
  const made = await invite(network, '--expires', `${seconds}s`);
  try {
    return { ...made, early: await network.peer('early', { args: ['--join', made.link] }) };
  } catch (error) {
    if (seconds > 30 || !/this join link has ended/.test(String(error))) throw error;
    return joinedInTime(network, 2 * seconds);
  }
}
