import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { Daemon } from '../harness/daemon.ts';
import type { RegistryReady } from '../harness/processes.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { skipWithout } from '../runner/system-tools.ts';

/** A datagram socket as systemd has it, which Node cannot open: prints what it gets, a message a line. */
const RECEIVER = `use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die;
$| = 1; print "open\\n"; while (defined(recv(S, my $m, 4096, 0))) { print "$m\\n" if length $m }`;

it('a daemon tells systemd that it is ready, alive, and stopping', {
  skip: skipWithout('systemd-notify') || skipWithout('perl'),
}, async () => {
  await using folder = await tempFolder();
  const receiver = spawn('perl', ['-e', RECEIVER, folder.join('notify')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
    const says = async (wanted: string) => {
      for (;;) {
        const { value, done } = await lines.next();
        assert.ok(!done, `${wanted} was not said`);
        if (value === wanted) return;
      }
    };
    await says('open');
    const env = { NOTIFY_SOCKET: folder.join('notify'), WATCHDOG_USEC: '400000' };
    const args = ['registry', '--listen', '127.0.0.1:0', '--data', folder.join('r')];
    await using registry = await Daemon.start<RegistryReady>(args, { env });
    await says('READY=1');
    await says('WATCHDOG=1');
    await says('WATCHDOG=1');
    assert.equal(await registry.kill('SIGTERM'), 0);
    await says('STOPPING=1');
  } finally {
    if (receiver.exitCode === null) {
      receiver.kill();
      await once(receiver, 'exit');
    }
  }
});
