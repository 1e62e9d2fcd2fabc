import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../test/harness/eventually.ts';
import { freePort } from '../../test/harness/free-port.ts';

/** A Syncthing that shares one folder with nobody, driven by its REST API. Seconds of its scans, by its own events. */
export class Syncthing implements AsyncDisposable {
  readonly #base: string;
  readonly #key: string;
  readonly #end: () => Promise<void>;

  private constructor(base: string, key: string, end: () => Promise<void>) {
    this.#base = base;
    this.#key = key;
    this.#end = end;
  }

  static async start(home: string): Promise<Syncthing> {
    await mkdir(home, { recursive: true });
    const port = await freePort();
    const environment = { ...process.env, HOME: home, STNORESTART: '1', STNOUPGRADE: '1' };
    execFileSync('syncthing', ['generate', `--home=${home}`, '--no-default-folder', '--skip-port-probing'], {
      env: environment,
      stdio: 'ignore',
    });
    const config = path.join(home, 'config.xml');
    const text = await readFile(config, 'utf8');
    const key = /<apikey>([^<]+)</.exec(text)![1]!;
    const quiet = text
      .replace(
        /<(globalAnnounceEnabled|localAnnounceEnabled|relaysEnabled|natEnabled|crashReportingEnabled)>true/g,
        '<$1>false',
      )
      .replace(/<listenAddress>[^<]*</g, '<listenAddress>tcp://127.0.0.1:0<');
    await writeFile(config, quiet);
    const child = spawn(
      'syncthing',
      ['serve', `--home=${home}`, '--no-browser', '--no-restart', `--gui-address=127.0.0.1:${port}`],
      { env: environment, stdio: 'ignore' },
    );
    const gone = once(child, 'exit');
    const base = `http://127.0.0.1:${port}/rest`;
    const end = async () => {
      child.kill('SIGTERM');
      await gone;
    };
    const started = new Syncthing(base, key, end);
    await eventually(async () => (await started.#ask('GET', '/system/ping')) !== undefined, {
      timeout: 60_000,
    });
    return started;
  }

  /** Seconds from adding the folder to its being idle. */
  async firstScan(folder: string): Promise<number> {
    const started = performance.now();
    await this.#ask('POST', '/config/folders', {
      id: 'bench',
      path: folder,
      fsWatcherEnabled: false,
      rescanIntervalS: 0,
    });
    await eventually(() => this.#idle(), { timeout: 600_000, every: 20 });
    return (performance.now() - started) / 1000;
  }

  /** Seconds of a scan in which nothing has changed: the call returns at its end. */
  async scan(): Promise<number> {
    const started = performance.now();
    await this.#ask('POST', '/db/scan?folder=bench');
    return (performance.now() - started) / 1000;
  }

  async files(): Promise<number> {
    const status = (await this.#ask('GET', '/db/status?folder=bench')) as { localFiles: number };
    return status.localFiles;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }

  async #idle(): Promise<boolean> {
    const status = (await this.#ask('GET', '/db/status?folder=bench')) as {
      state: string;
      localFiles: number;
    };
    return status.state === 'idle' && status.localFiles > 0;
  }

  async #ask(method: string, route: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.#base + route, {
      method,
      headers: { 'X-API-Key': this.#key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (!answer?.ok) {
      if (route === '/system/ping') return undefined;
      throw new Error(`syncthing answers ${answer?.status} to ${route}: ${await answer?.text()}`);
    }
    const text = await answer.text();
    return text === '' ? {} : JSON.parse(text);
  }
}
