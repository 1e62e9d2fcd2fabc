import path from 'node:path';
import type { RunningPeer } from '../../app/config.ts';
import { PeerdexError } from '../../core/errors.ts';
import { parseJoinLink } from '../../core/join-link.ts';
import { findDaemon, type LocalClient, tryDaemon } from '../daemon.ts';
import { portOrFree } from '../daemons/free-port.ts';
import { logSettings } from '../daemons/log-settings.ts';
import { peerSettings } from '../daemons/peer-settings.ts';
import { peerFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import type { LineReader } from './line-reader.ts';

/** What the menu works with: a daemon that runs already, or a peer inside this process. */
export class MenuSession implements AsyncDisposable {
  readonly invocation: Invocation;
  readonly lines: LineReader;
  readonly #data: string;
  #own: RunningPeer | undefined;

  constructor(invocation: Invocation, lines: LineReader) {
    this.invocation = invocation;
    this.lines = lines;
    this.#data = peerFolder(invocation);
  }

  say(line = ''): void {
    this.invocation.output.say(line);
  }

  /** Throws `unavailable` when no peer runs yet. */
  async client(): Promise<LocalClient> {
    const daemon = await tryDaemon(this.#data);
    if (daemon) return daemon.client;
    throw new PeerdexError('unavailable', 'no peer runs yet', { hint: 'type 1 to register' });
  }

  /** The running daemon, else a peer started here after asking for what it needs. Undefined: the user turned away. */
  async clientOrStart(): Promise<LocalClient | undefined> {
    const daemon = await tryDaemon(this.#data);
    if (daemon) return daemon.client;
    const before = peerSettings(this.invocation, this.#data, []);
    const link = before.join ? undefined : await this.askLink();
    if (!before.join && !link) return undefined;
    const folder = await this.lines.ask('Folder to share (empty: none besides those remembered): ');
    if (folder === undefined) return undefined;
    const { environment, cwd } = this.invocation;
    const shares = folder === '' ? [] : [path.resolve(cwd, expandHome(folder, environment.HOME))];
    const settings = peerSettings(this.invocation, this.#data, shares);
    // Only who starts a peer here waits for its parts to load.
    const [{ createLog }, { startPeer }] = await Promise.all([
      import('../../app/log.ts'),
      import('../../app/peer.ts'),
    ]);
    const log = createLog(logSettings(this.invocation, this.#data, 'warn'));
    const { host, port } = settings.listen;
    const join = link ? parseJoinLink(link) : settings.join;
    this.say('starting a peer in this menu…');
    const listen = { host, port: await portOrFree(port) };
    const own = await startPeer({ ...settings, join, listen, log });
    this.#own = own;
    void own.closed.then(() => {
      if (this.#own === own) this.#own = undefined;
    });
    return (await findDaemon(this.#data)).client;
  }

  /** A join link that reads as one; undefined when the user turns away. */
  async askLink(): Promise<string | undefined> {
    for (;;) {
      const link = await this.lines.ask('Join link, as the registry printed it (empty: back): ');
      if (!link) return undefined;
      try {
        parseJoinLink(link);
        return link;
      } catch (error) {
        this.say((error as Error).message);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#own) return;
    this.say('stopping the peer of this menu…');
    await this.#own.close();
  }
}

/** Nobody expands `~` in what is typed into a menu. */
function expandHome(folder: string, home = ''): string {
  return home && /^~(?=$|[/\\])/.test(folder) ? path.join(home, folder.slice(1)) : folder;
}
