import path from 'node:path';
import type { Source } from '../../contender.ts';
import type { Crowd } from '../crowd.ts';
import { HostProgram } from '../host-program.ts';
import type { Race } from '../race.ts';
import { makeTorrent } from './torrent.ts';

/** How one BitTorrent client is run. */
export interface TorrentClient {
  /** The command for a host that has the file in `folder`, or wants it there. */
  command(torrent: string, folder: string, address: string, seeds: boolean): readonly string[];
  /** A line that it prints when it is ready for the word `go`; absent: it begins when it is started. */
  readonly ready?: RegExp;
  /** A line that it prints when the file is whole and verified. */
  readonly done: RegExp;
}

/** The seed and a tracker on host 0; nothing but the tracker tells peers of each other. */
export async function startTorrents(
  client: TorrentClient,
  crowd: Crowd,
  hosts: number,
  source: Source,
  folder: string,
): Promise<Race> {
  const things = new AsyncDisposableStack();
  const start = (host: number, command: readonly string[]) =>
    things.use(new HostProgram(crowd, host, command));
  const programs = new Map<number, HostProgram>();
  const out = (host: number) => (host === 0 ? source.folder : path.join(folder, `out-${host}`));
  try {
    const url = `http://${crowd.address(0)}:6969/announce`;
    const torrent = await makeTorrent(source, url, path.join(folder, 'file.torrent'));
    const startClient = (host: number) => {
      const program = start(host, client.command(torrent, out(host), crowd.address(host), host === 0));
      programs.set(host, program);
      return program;
    };
    const script = path.join(import.meta.dirname, 'tracker.ts');
    const tracker = start(0, [process.execPath, script, crowd.address(0), '6969']);
    await tracker.said(/^listening/);
    const seed = startClient(0);
    if (client.ready) {
      await seed.said(client.ready);
      seed.tell('go');
    }
    await tracker.said(/^whole/);
    for (let host = 1; client.ready && host < hosts; host += 1) await startClient(host).said(client.ready);
    return {
      pids: (host) => [programs.get(host)].filter((one) => one?.isRunning).map((one) => one!.pid),
      destination: (host) => path.join(out(host), source.name),
      fetch: async (host) => {
        const program = programs.get(host) ?? startClient(host);
        program.tell('go');
        await program.said(client.done);
      },
      kill: async (host) => {
        if (host === 0) await tracker.kill();
        await programs.get(host)!.kill();
      },
      [Symbol.asyncDispose]: () => things.disposeAsync(),
    };
  } catch (error) {
    await things.disposeAsync();
    throw error;
  }
}
