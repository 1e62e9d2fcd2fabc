import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { peerPortLimits, registryPortLimits } from '../../core/limits/limits.ts';
import type { Invocation } from '../invocation.ts';
import type { Output } from '../output/output.ts';
import { peerSettings } from './peer-settings.ts';
import { registrySettings } from './registry-settings.ts';

describe('limits as settings', () => {
  let data: string;
  before(() => {
    data = mkdtempSync(path.join(os.tmpdir(), 'peerdex-limits-'));
  });
  after(() => rmSync(data, { recursive: true }));

  const calledWith = (environment: Record<string, string>): Invocation => ({
    args: [],
    flags: {},
    environment,
    cwd: '/',
    output: undefined as unknown as Output,
  });

  it('nobody needs to say one', () => {
    const peer = peerSettings(calledWith({}), data, []);
    assert.deepEqual([peer.limits, peer.indexLimits], [{}, {}]);
    assert.deepEqual(registrySettings(calledWith({}), data).limits, {});
    const limits = peerPortLimits(peer.limits);
    assert.deepEqual(
      [limits.connections, limits.connectionsOfOne, limits.handshakes, limits.handshakesOfOne],
      [1000, 250, 200, 50],
    );
    const ofRegistry = registryPortLimits(10_000);
    assert.deepEqual([ofRegistry.connections, ofRegistry.connectionsOfOne], [22_000, 5_500]);
  });

  it('come from the environment before config.json', () => {
    const config = { maxConnections: 100, maxHandshakes: 7, bodyTime: '2m', maxIndex: '1GiB' };
    writeFileSync(path.join(data, 'config.json'), JSON.stringify(config));
    const environment = {
      PEERDEX_MAX_CONNECTIONS: '200',
      PEERDEX_MAX_CONNECTIONS_PER_ADDRESS: '20',
      PEERDEX_MAX_HANDSHAKES_PER_ADDRESS: '3',
      PEERDEX_MAX_HEADERS: '64KiB',
      PEERDEX_MAX_BODY: '2MiB',
      PEERDEX_HEADER_TIME: '5s',
      PEERDEX_MAX_ENTRIES: '1000',
    };
    const ports = {
      connections: 200,
      connectionsOfOne: 20,
      handshakes: 7,
      handshakesOfOne: 3,
      headerBytes: 64 * 1024,
      bodyBytes: 2 * 2 ** 20,
      headerMs: 5000,
      bodyMs: 120_000,
    };
    const peer = peerSettings(calledWith(environment), data, []);
    assert.deepEqual(peer.limits, ports);
    assert.deepEqual(peer.indexLimits, { entries: 1000, pathBytes: 2 ** 30 });
    assert.deepEqual(registrySettings(calledWith(environment), data).limits, ports);
    rmSync(path.join(data, 'config.json'));
  });

  it('one address has a quarter of what was said for all, unless more is said', () => {
    const settings = peerSettings(calledWith({ PEERDEX_MAX_CONNECTIONS: '40' }), data, []);
    assert.equal(peerPortLimits(settings.limits).connectionsOfOne, 10);
  });

  it('too little for peerdex itself, and nonsense, are refused by the name of the variable', () => {
    for (const [name, value] of [
      ['PEERDEX_MAX_CONNECTIONS', '0'],
      ['PEERDEX_MAX_CONNECTIONS', 'many'],
      ['PEERDEX_MAX_HANDSHAKES', '0.5'],
      ['PEERDEX_MAX_HEADERS', '1KiB'],
      ['PEERDEX_MAX_BODY', '1KiB'],
      ['PEERDEX_HEADER_TIME', '100ms'],
      ['PEERDEX_BODY_TIME', '2h'],
      ['PEERDEX_MAX_ENTRIES', '-1'],
      ['PEERDEX_MAX_INDEX', '1'],
    ] as const) {
      const read = () => peerSettings(calledWith({ [name]: value }), data, []);
      assert.throws(read, { code: 'usage', message: new RegExp(`^${name}: `) });
    }
  });
});
