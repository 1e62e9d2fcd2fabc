import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProcessNetwork } from '../harness/processes.ts';
import { care } from '../harness/trust.ts';

describe('names', () => {
  it('belong to the first key that took them, whether it is there or not, until that is revoked', async () => {
    await using network = await ProcessNetwork.start();
    const first = await network.peer('one', { args: ['--name', 'lab'] });
    assert.equal(first.daemon.ready.name, 'lab');
    await first.run(['leave']);
    const second = await network.peer('two', { args: ['--name', 'lab'] });
    assert.equal(second.daemon.ready.name, 'lab-2');
    await first.daemon.restart();
    assert.equal(first.daemon.ready.name, 'lab', 'it is still its own');
    await first.daemon.kill('SIGTERM');
    await care(network, ['revoke', first.id]);
    // Its link was withdrawn with it.
    const { link } = await care<{ link: string }>(network, ['invite']);
    const third = await network.peer('three', { args: ['--name', 'lab', '--join', link] });
    assert.equal(third.daemon.ready.name, 'lab');
    await second.daemon.restart();
    assert.equal(second.daemon.ready.name, 'lab-2');
  });
});
