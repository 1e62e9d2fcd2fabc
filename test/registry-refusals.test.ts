import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startRegistry } from '../src/app/registry.ts';
import type { PeerdexError } from '../src/core/errors.ts';
import { type LogFields, silentLog } from '../src/core/ports/log.ts';
import { tempFolder } from './harness/temp-folder.ts';
import { TestMember } from './harness/test-member.ts';

describe('the log of a registry', () => {
  it('has one line for each address and cause of those that are not let in, however often and by whatever key', async () => {
    await using folder = await tempFolder();
    const lines: { message: string; code: string | undefined; remote: unknown }[] = [];
    const warn = (message: string, fields?: LogFields) => {
      lines.push({ message, code: (fields?.error as PeerdexError)?.code, remote: fields?.remote });
    };
    await using registry = await startRegistry({
      ...{ data: folder.join('registry'), listen: { host: '127.0.0.1', port: 0 }, advertise: [] },
      ...{ leaseSeconds: 90, maxPeers: 100, maxMembers: 1, mode: 'plaintext' },
      log: { ...silentLog, warn },
    });
    const member = await TestMember.join(registry.join);
    const wrong = registry.join.replace(/secret=[^&]+/, `secret=${Buffer.alloc(16).toString('base64url')}`);
    for (let n = 0; n < 20; n += 1) {
      await assert.rejects(TestMember.of(wrong).registry(), { code: 'unauthorized' });
      await assert.rejects(TestMember.of(registry.join).registry(), { code: 'limit' });
      await assert.rejects(member.register(1, { protocol: 100 + n }), { code: 'unsupported' });
    }
    assert.deepEqual(
      lines.map(({ code, remote }) => [code, remote]),
      ['unauthorized', 'limit', 'unsupported'].map((code) => [code, '127.0.0.1']),
    );
    for (const { message } of lines) assert.match(message, /^[0-9a-f]{32} was not (let in|registered)$/);
  });
});
