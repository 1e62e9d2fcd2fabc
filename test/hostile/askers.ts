import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { NONCE_BYTES } from '../../src/core/trust/proof.ts';
import type { ControlFrame } from '../../src/protocol/swarm/frames.ts';
import { encodeProof, onlyNonce } from '../../src/protocol/swarm/proof.ts';
import { eventually } from '../harness/eventually.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import type { TestMember } from '../harness/test-member.ts';

export interface Asking {
  readonly port: number;
  readonly member: TestMember;
  /** What the asked peer shares. */
  readonly content: string;
}

type Misbehaviour = (on: Asking) => Promise<void>;

/** What may be said to a peer's swarm instead of a hello and a proof, and to whom no answer is owed; each resolves once it was refused. */
export const GREETERS: Readonly<Record<string, Misbehaviour>> = {
  'a protocol of tomorrow': async ({ port, member }) => {
    await using raw = await RawSwarm.meet(port, member, randomBytes(NONCE_BYTES), { protocol: 99 });
    await endedBy(raw, 'version');
  },
  'another network': async ({ port, member }) => {
    const hello = { network: 'cd'.repeat(16) };
    await using raw = await RawSwarm.meet(port, member, randomBytes(NONCE_BYTES), hello);
    await endedBy(raw, 'network');
  },
  'a hello and proof that were said before': async ({ port, member }) => {
    const nonce = randomBytes(NONCE_BYTES);
    await using first = await RawSwarm.meet(port, member, nonce);
    const recorded = first.proofOf(member, nonce);
    first.send(recorded);
    await using again = await RawSwarm.meet(port, member, nonce);
    again.send(recorded);
    await endedBy(again, 'membership');
  },
  'a proof without a ticket': async ({ port, member }) => {
    const nonce = randomBytes(NONCE_BYTES);
    await using raw = await RawSwarm.meet(port, member, nonce);
    raw.send({ type: 'proof', proof: encodeProof(onlyNonce(nonce)) });
    await endedBy(raw, 'membership');
  },
  'a frame of 4 GiB': (on) =>
    farewell(on, 'protocol', (raw) => raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 5]))),
  'contents that are not shared': (on) =>
    rejected(on, 'unknown', [{ type: 'interest', channel: 1, content: randomBytes(32).toString('hex') }]),
};

/** What may be asked of who shares a content of more than 512 leaves. */
export const ASKERS: Readonly<Record<string, Misbehaviour>> = {
  ...GREETERS,
  'one channel twice': (on) => {
    const interest: ControlFrame = { type: 'interest', channel: 1, content: on.content };
    return farewell(on, 'protocol', (raw) => raw.send(interest, interest));
  },
  'leaves beyond the end': (on) =>
    rejected(on, 'invalid', [
      { type: 'interest', channel: 1, content: on.content },
      { type: 'request', channel: 1, first: 0xffff_fff0, count: 0xffff_ffff },
    ]),
  'hashes that there are not': (on) =>
    rejected(on, 'invalid', [
      { type: 'interest', channel: 1, content: on.content },
      { type: 'leavesRequest', channel: 1, group: 0xffff_ffff },
    ]),
  'more than is given at a time': (on) => {
    const most: ControlFrame = { type: 'request', channel: 1, first: 0, count: 520 };
    return rejected(on, 'busy', [{ type: 'interest', channel: 1, content: on.content }, most, most]);
  },
};

async function farewell(
  { port, member }: Asking,
  reason: string,
  misbehave: (raw: RawSwarm) => void,
): Promise<void> {
  await using raw = await RawSwarm.greet(port, member);
  misbehave(raw);
  await endedBy(raw, reason);
}

async function endedBy(raw: RawSwarm, reason: string): Promise<void> {
  await raw.ended();
  assert.equal(raw.got('bye')[0]?.reason, reason);
  assert.ok(raw.got('bye')[0]?.text, 'a sentence says why');
  assert.equal(raw.dataBytes, 0);
}

async function rejected(
  { port, member }: Asking,
  reason: string,
  ask: readonly ControlFrame[],
): Promise<void> {
  await using raw = await RawSwarm.greet(port, member);
  raw.send(...ask);
  await eventually(() => raw.got('reject').length > 0, { every: 10 });
  assert.equal(raw.got('reject')[0]?.reason, reason);
}
