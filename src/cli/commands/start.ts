import path from 'node:path';
import type { Command } from 'commander';
import {
  DEFAULT_PEER_PORT,
  DEFAULT_REGISTRY_PORT,
  type RunningPeer,
  type RunningRegistry,
} from '../../app/config.ts';
import { refuseOtherKind } from '../../app/data-folder-kind.ts';
import { createLog } from '../../app/log.ts';
import { startPeer } from '../../app/peer.ts';
import { startRegistry } from '../../app/registry.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { portOrFree } from '../daemons/free-port.ts';
import { logSettings } from '../daemons/log-settings.ts';
import { peerSettings } from '../daemons/peer-settings.ts';
import { programName } from '../daemons/program-name.ts';
import { registrySettings } from '../daemons/registry-settings.ts';
import { runDaemon } from '../daemons/run-daemon.ts';
import { ensureSampleFolder } from '../daemons/sample-folder.ts';
import { PLAINTEXT_NOTE, showPeer, showRegistry } from '../daemons/screens.ts';
import { whatToType } from '../daemons/what-to-type.ts';
import { baseFolder, defaultDataFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';
import type { Output } from '../output/output.ts';
import { saidFolder } from '../said-folder.ts';

export function define(command: Command): void {
  command.argument('[dir...]', 'folders to share; without one a folder with sample files, made once');
  examples(command, [['start'], ['start ~/Music', 'a network of your own that shares this folder']]);
}

export async function run(invocation: Invocation): Promise<number> {
  const { output, args, flags } = invocation;
  const said = saidFolder(invocation);
  const data = said ?? defaultDataFolder('peer');
  const registryData = said ? path.join(said, 'registry') : defaultDataFolder('registry');
  refuseOtherKind(data, 'peer');
  const peer = peerSettings(invocation, data, args);
  const registry = registrySettings(invocation, registryData);
  const log = createLog(logSettings(invocation, data, 'warn'));
  const sample = path.join(said ?? baseFolder(), 'sample');
  if (args.length === 0 && (await ensureSampleFolder(sample)))
    output.note(`sample files were made in ${sample}`);
  const start = async (): Promise<Both> => {
    const port = await choosePort(output, 'registry', DEFAULT_REGISTRY_PORT);
    // One variable is for both: the port is the peer's then.
    const metrics = registry.metrics?.port === peer.metrics?.port ? undefined : registry.metrics;
    const running = await startRegistry({ ...registry, listen: { host: '', port }, metrics, log });
    try {
      const listen = { host: '', port: await choosePort(output, 'peer', DEFAULT_PEER_PORT) };
      const shares = args.length > 0 ? peer.shares : [sample];
      const join = parseJoinLink(running.join);
      return both(
        running,
        await startPeer({ ...peer, join, listen, shares, registry: running.care, log }),
        output,
      );
    } catch (error) {
      await running.close();
      throw error;
    }
  };
  return await runDaemon(start, async (running) => {
    showRegistry(output, running.registry);
    await showPeer(output, running.peer, data, undefined);
    const { join } = running.registry;
    const folder = flags.data === undefined ? undefined : said;
    const steps = { program: programName(), data: folder, join, sample: args.length === 0 };
    const note = running.registry.mode === 'plaintext' ? [PLAINTEXT_NOTE] : [];
    for (const line of ['', ...whatToType(steps), '', ...note, 'Ctrl-C ends both.', '']) output.say(line);
  });
}

interface Both {
  readonly registry: RunningRegistry;
  readonly peer: RunningPeer;
  close(): Promise<void>;
}

/** Others may still need the registry when this peer has left: only a signal ends it. */
function both(registry: RunningRegistry, peer: RunningPeer, output: Output): Both {
  let closing = false;
  void peer.closed.then(() => {
    if (!closing) output.note('the peer has left the network; the registry goes on until Ctrl-C');
  });
  return {
    registry,
    peer,
    close: async () => {
      closing = true;
      await peer.close();
      await registry.close();
    },
  };
}

async function choosePort(output: Output, who: string, usual: number): Promise<number> {
  const port = await portOrFree(usual);
  if (port === 0) output.note(`port ${usual} is in use: the ${who} takes a free one`);
  return port;
}
