import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { type Log, silentLog } from '../../core/ports/log.ts';
import { refusalLog } from './refusal-log.ts';

describe('the log of refused connections', () => {
  it('has one line a minute of each source and cause, whatever is said anew each time', () => {
    const clock = new ManualClock();
    const { log, lines } = collecting();
    const refused = refusalLog(log, clock);
    for (let port = 1; port <= 5000; port += 1) {
      const address = `192.0.2.1:${port}`;
      refused(`a frame of ${port} bytes`, { source: '192.0.2.1', cause: 'protocol', address });
    }
    assert.deepEqual(lines, [['a frame of 1 bytes', { event: 'swarm-refused', address: '192.0.2.1:1' }]]);
    refused('no member', { source: '192.0.2.1', cause: 'membership', address: '192.0.2.1:7' });
    refused('a bad frame', { source: '192.0.2.2', cause: 'protocol', address: '192.0.2.2:7' });
    assert.equal(lines.length, 3, 'another cause, and another source, are said');
    clock.advance(60_000);
    refused('again', { source: '192.0.2.1', cause: 'protocol', address: '192.0.2.1:8' });
    assert.equal(lines.length, 4);
  });

  it('names a peer by its id where that is known, whatever address it comes from', () => {
    const { log, lines } = collecting();
    const refused = refusalLog(log, new ManualClock());
    const source = 'ab'.repeat(16);
    for (const address of ['192.0.2.1:7', '[2001:db8::1]:7', '192.0.2.3:9'])
      refused('it lies', { source, cause: 'protocol', address });
    assert.deepEqual(lines, [['it lies', { event: 'swarm-refused', peer: source, address: '192.0.2.1:7' }]]);
    refused('silent', { source: '[2001:db8::1]', cause: 'silence', address: '[2001:db8::1]:7' });
    assert.deepEqual(lines[1], ['silent', { event: 'swarm-refused', address: '[2001:db8::1]:7' }]);
  });
});

function collecting() {
  const lines: unknown[] = [];
  const log: Log = { ...silentLog, warn: (message, fields) => void lines.push([message, fields]) };
  return { log, lines };
}
