#!/usr/bin/env node
/*
 * The entry of every command. Plain JavaScript that Node 18 can parse: an older Node than the program needs hands over to
 * the pinned one (the `node` package), and only a Node that is new enough loads the program.
 */
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Imported only by a Node that knows no other way: that reads every export of it, which takes 5 ms.
const { existsSync, readFileSync } = process.getBuiltinModule?.('node:fs') ?? (await import('node:fs'));

const OLDEST_NODE = 24;
/** Set for a re-run child: descriptor 3 is a pipe from the launcher. */
const LAUNCHED = 'PEERDEX_LAUNCHED';
const LAUNCHER_PIPE = 3;
/** Written to the pipe for each SIGINT that the launcher got. */
const INTERRUPT = 'I';

if (majorOf(process.versions.node) < OLDEST_NODE) await runUnderPinnedNode();
else await runHere();

async function runUnderPinnedNode() {
  const node = pinnedNode();
  if (!node) {
    console.error(
      `peerdex: this needs Node ${OLDEST_NODE} or newer and runs under ${process.versions.node}; ` +
        'install one from https://nodejs.org, or run `npm ci` in the checkout, which brings its own',
    );
    process.exit(1);
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    // As src/cli/daemons/few-arenas.ts sets it, which need not begin the child anew then.
    env: { MALLOC_ARENA_MAX: '2', ...process.env, [LAUNCHED]: '1' },
  });
  const pipe = child.stdio[LAUNCHER_PIPE];
  pipe.on('error', () => {}); // the child ended; its exit code says the rest
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends SIGINT to the child as well, `kill` does not: the child is told and finds out whether it got its own.
  process.on('SIGINT', () => pipe.write(INTERRUPT));
  child.on('error', (error) => {
    console.error(`peerdex: cannot run ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

async function runHere() {
  if (process.env[LAUNCHED]) followLauncher();
  // By the environment, so that worker threads have it too: compiling by themselves costs each of them 10 MB.
  process.env.NODE_COMPILE_CACHE ??= cacheFolder();
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  hideExperimentalWarnings();
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const { main } = await import(
    existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url)
  );
  await main(process.argv.slice(2));
}

/** Ends when the launcher is gone and takes its SIGINTs over; neither keeps this process alive nor delays its start. */
function followLauncher() {
  delete process.env[LAUNCHED];
  const seen = countInterrupts();
  setTimeout(async () => {
    const { Socket } = await import('node:net');
    const pipe = new Socket({ fd: LAUNCHER_PIPE, readable: true, writable: false });
    let told = 0;
    pipe.on('data', (data) => {
      told += data.length;
      setTimeout(() => {
        if (seen.interrupts < told) process.kill(process.pid, 'SIGINT');
      }, 150).unref();
    });
    pipe.on('error', () => {});
    pipe.on('close', () => {
      setTimeout(() => process.exit(1), 10_000).unref();
      process.kill(process.pid, 'SIGTERM');
    });
    pipe.unref();
  }, 100).unref();
}

/** Counts SIGINTs while the program handles them itself; without a handler of its own a SIGINT ends it as ever. */
function countInterrupts() {
  const seen = { interrupts: 0 };
  let counting = false;
  const count = () => {
    seen.interrupts += 1;
  };
  process.on('newListener', (event) => {
    if (event !== 'SIGINT' || counting) return;
    counting = true;
    process.prependListener('SIGINT', count);
  });
  process.on('removeListener', (event) => {
    if (event !== 'SIGINT' || !counting || process.listenerCount('SIGINT') > 1) return;
    process.off('SIGINT', count);
    counting = false;
  });
  return seen;
}

function pinnedNode() {
  try {
    const manifest = module.createRequire(import.meta.url).resolve('node/package.json');
    if (majorOf(JSON.parse(readFileSync(manifest, 'utf8')).version) < OLDEST_NODE) return undefined;
    const names = process.platform === 'win32' ? ['bin/node.exe', 'node.exe'] : ['bin/node'];
    return names.map((name) => path.join(path.dirname(manifest), name)).find((file) => existsSync(file));
  } catch {
    return undefined; // not installed
  }
}

/** In the user's own cache: compiled code in a folder that others can write to would be code of theirs. */
function cacheFolder() {
  const home = os.homedir();
  const base =
    process.platform === 'win32'
      ? process.env.LOCALAPPDATA || path.join(home, 'AppData', 'Local')
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : process.env.XDG_CACHE_HOME || path.join(home, '.cache');
  return path.join(base, 'peerdex', 'compiled');
}

function hideExperimentalWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (type !== 'ExperimentalWarning' && warning?.name !== 'ExperimentalWarning') emit(warning, ...rest);
  };
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}
