import type { Command } from 'commander';
import { createLog } from '../../app/log.ts';
import { startPeer } from '../../app/peer.ts';
import { logSettings } from '../daemons/log-settings.ts';
import { peerSettings } from '../daemons/peer-settings.ts';
import { runDaemon } from '../daemons/run-daemon.ts';
import { PLAINTEXT_NOTE, showPeer } from '../daemons/screens.ts';
import { peerFolder } from '../data-folders.ts';
import { advertiseFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command
    .argument('[dir...]', 'folders to share besides those that are remembered')
    .option('--join <link>', 'the network to join; remembered')
    .option('--listen <[host]:port>', 'where to listen (default :10000, all interfaces; port 0: a free one)')
    .option('--name <name>', "what others call this peer (default: the machine's name); remembered")
    .option('--downloads <dir>', 'where `get` puts files (default: downloads in the data folder)')
    .option('--scan-interval <seconds>', 'how often the shares are looked at (default 30)')
    .option('--up-limit <rate>', 'for what others fetch here: 20MB/s, 100Mbit/s (default: none)')
    .option('--down-limit <rate>', 'for what is fetched from others')
    .option(
      '--linger <time>',
      'how long to stay with the swarm of a fetched file while it is wanted (default 10m)',
    )
    .option('--csv <file>', 'keep the index as a table there too, besides index.csv in the data folder')
    .option('--link-http <[host]:port>', 'one more listener, which serves links and nothing else')
    .option('--tls-cert <file>', 'a certificate that browsers know, for that listener (PEM)')
    .option('--tls-key <file>', 'its key (PEM)')
    .option('--metrics <[host]:port>', 'where to tell metrics and health over HTTP, without a token')
    .option('--dashboard <[host]:port>', 'where the dashboard is (default 127.0.0.1:23476, or `off`)')
    .option('--plaintext', 'join only a network without encryption');
  advertiseFlag(command);
  examples(command, [
    ["up ~/Music --join 'peerdex://192.168.1.5:23475/…'", 'the first time'],
    ['up', 'again, with the folders and the network it remembers'],
  ]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const data = peerFolder(invocation);
  const settings = peerSettings(invocation, data, invocation.args);
  const log = createLog(logSettings(invocation, data));
  return await runDaemon(
    () => startPeer({ ...settings, log }),
    async (peer) => {
      const mode = await showPeer(output, peer, data, settings.join);
      output.say();
      if (mode === 'plaintext') output.say(PLAINTEXT_NOTE);
      output.say('Ctrl-C stops the peer; `peerdex leave` ends its registration as well.');
      output.say();
    },
  );
}
