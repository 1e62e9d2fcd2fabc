import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree, seededBytes } from '../harness/files.ts';
import { Terminal } from '../harness/terminal.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { programInPath } from './program.ts';

const WAIT = { timeout: 20_000 };

/** How each shell is started without what its user has set, and what it has to be told first. */
const SHELLS = [
  { name: 'bash', words: ['bash', '--norc', '--noprofile', '-i'], load: 'source <(peerdex completion bash)' },
  {
    name: 'zsh',
    words: ['zsh', '-f', '-i'],
    load: 'autoload -Uz compinit; compinit -u -D; source <(peerdex completion zsh)',
  },
  { name: 'fish', words: ['fish', '--no-config', '-i'], load: 'peerdex completion fish | source' },
] as const;

describe('completion by the tab key', { skip: skipWithout('tmux') }, () => {
  let cluster: Cluster;
  let job: string;
  let env: Record<string, string>;

  before(async () => {
    cluster = await Cluster.start();
    const music = await makeTree(cluster.folder.join('music'), {
      'live/first song.ogg': 'a',
      '日本語の曲.ogg': 'b',
      'long.flac': seededBytes(2 ** 20),
    });
    await cluster.peer('seed', { shares: [music] });
    const peer = await cluster.peer('other', { downLimit: 10_000 });
    await eventually(
      async () => (await peer.client.find({ query: { words: 'ogg', limit: 9 } })).total === 2,
      WAIT,
    );
    job = await beginJob(peer, 'long.flac');
    env = {
      PATH: await programInPath(cluster.folder.join('bin')),
      PEERDEX_DATA: peer.data,
      HOME: cluster.folder.path,
      // fish keeps a pipe of its own there, else in the system's folder.
      XDG_RUNTIME_DIR: cluster.folder.path,
      PS1: '$ ',
    };
  });
  after(() => cluster[Symbol.asyncDispose]());

  for (const { name, words, load } of SHELLS) {
    it(`in ${name}: commands, peers, folders, files and jobs`, { skip: skipWithout(name) }, async () => {
      await using terminal = Terminal.command(words, { env });
      terminal.type(`${load}; echo loa''ded`);
      terminal.press('Enter');
      await terminal.shows(/^loaded/m, WAIT);
      // Names that take longer than a second are not waited for, which happens on a busy machine: then the key is pressed again.
      const tab = (line: string, wanted: RegExp) =>
        eventually(async () => {
          terminal.press('C-u');
          terminal.type(line);
          terminal.press('Tab');
          await terminal.shows(wanted, { timeout: 5000 });
          return true;
        });
      await tab('peerdex stat', /peerdex status/);
      await tab('peerdex get se', /peerdex get seed:/);
      await tab('peerdex get seed:mu', /peerdex get seed:music\//);
      await tab('peerdex get seed:music/li', /peerdex get seed:music\/live\//);
      await tab('peerdex get seed:music/live/fi', /peerdex get seed:music\/live\/first\\ song\.ogg/);
      await tab('peerdex get 日', /peerdex get 日本語の曲\.ogg/);
      await tab('peerdex pause ', new RegExp(`peerdex pause ${job}`));
      await tab('peerdex find --li', /peerdex find --limit/);
      assert.doesNotMatch(terminal.screen, /not found|error/i);
    });
  }
});

/** Begins a download and leaves it running. */
async function beginJob(peer: ClusterPeer, what: string): Promise<string> {
  for await (const event of peer.client.get({ body: { what: [what] } }))
    if (event.event === 'job') return event.job;
  throw new Error(`${what} was not begun`);
}
