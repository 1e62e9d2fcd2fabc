import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { RawSwarm } from '../harness/raw-swarm.ts';
import { MOST_OPEN_FILES, SwarmPeer } from '../harness/swarm-peer.ts';
import { freshKey } from '../support/fresh-key.ts';
import { TestNetwork } from '../support/signers.ts';

const NETWORK = new TestNetwork();
const FILES = 3 * MOST_OPEN_FILES;
const SIZE = 1000;

describe('files that are served', () => {
  it('are open a few at a time, however many channels one connection has', async () => {
    await using holder = await SwarmPeer.start(1, NETWORK);
    const self = freshKey();
    const contents: string[] = [];
    for (let n = 0; n < FILES; n += 1) contents.push(await holder.hold(`${n}.bin`, randomBytes(SIZE)));
    await using raw = await RawSwarm.greet(holder.address.port, {
      id: self.id,
      network: NETWORK.id,
      trust: NETWORK.member(self),
    });
    const askAll = () => {
      for (const [n] of contents.entries()) raw.send({ type: 'request', channel: n + 1, first: 0, count: 1 });
    };
    for (const [n, content] of contents.entries()) raw.send({ type: 'interest', channel: n + 1, content });
    askAll();
    await eventually(() => raw.dataBytes === FILES * SIZE);
    assert.ok(openBelow(holder.folder) <= MOST_OPEN_FILES, `${openBelow(holder.folder)} are open`);
    askAll();
    await eventually(() => raw.dataBytes === 2 * FILES * SIZE);
    assert.ok(openBelow(holder.folder) <= MOST_OPEN_FILES, `${openBelow(holder.folder)} are open`);
    for (const [n] of contents.entries()) await appendFile(join(holder.folder, `${n}.bin`), 'more');
    askAll();
    await eventually(() => raw.got('reject').length === FILES);
    assert.ok(raw.got('reject').every(({ reason }) => reason === 'changed'));
    await eventually(() => openBelow(holder.folder) === 0);
  });
});

function openBelow(folder: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}
