import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { PROGRAM } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

const OLD_NODE = '/usr/bin/node';
const { skip, oldVersion } = oldNode();

for (const [name, node, options] of [
  ['the pinned Node', process.execPath, {}],
  ['an older Node', OLD_NODE, { skip }],
] as const) {
  describe(`bin/peerdex.js under ${name}`, options, () => {
    const run = async (args: readonly string[], program = PROGRAM) => {
      const child = spawn(node, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { code: code as number, stdout, stderr };
    };

    it('passes arguments and exit codes', async () => {
      const { version } = JSON.parse(
        await readFile(path.join(path.dirname(PROGRAM), '../package.json'), 'utf8'),
      ) as {
        version: string;
      };
      assert.deepEqual(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
      const wrong = await run(['find', 'two words', '', "quote's", '--limit', 'x y']);
      assert.equal(wrong.code, 2);
      const unknown = await run(['no such command']);
      assert.match(unknown.stderr, /'no such command'/);
    });

    it('standard input reaches the program', async () => {
      await using folder = await tempFolder();
      const child = spawn(node, [PROGRAM, 'join', '--data', folder.join('data')], {
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      child.stdin.end('no link\n');
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      assert.equal(code, 2);
      assert.match(stderr, /not a join link/);
    });

    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 130],
      ['SIGHUP', 130],
    ] as const) {
      it(`${signal} to the process that was started ends the program, whose exit code comes through`, async () => {
        await using menu = await startMenu(node);
        const gone = once(menu.child, 'exit');
        menu.child.kill(signal);
        assert.deepEqual(await gone, [expected, null]);
        await eventually(() => !isAlive(menu.program));
      });
    }

    it('a signal that ends the program ends what was started in the same way', async () => {
      await using menu = await startMenu(node);
      const gone = once(menu.child, 'exit');
      process.kill(menu.program, 'SIGKILL');
      assert.deepEqual(await gone, [null, 'SIGKILL']);
    });

    it('the program ends when what was started is killed', async () => {
      await using menu = await startMenu(node);
      menu.child.kill('SIGKILL');
      await eventually(() => !isAlive(menu.program));
    });
  });
}

describe('bin/peerdex.js under an older Node alone', { skip }, () => {
  it('says in one sentence which Node it needs', async () => {
    await using folder = await tempFolder();
    await cp(PROGRAM, folder.join('bin/peerdex.js'));
    await cp(path.join(path.dirname(PROGRAM), '../package.json'), folder.join('package.json'));
    const child = spawn(OLD_NODE, [folder.join('bin/peerdex.js'), 'status'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      new RegExp(`^peerdex: this needs Node 24 or newer and runs under ${oldVersion}; .*\n$`),
    );
  });
});

describe('a SIGINT', { skip }, () => {
  it('of a terminal reaches the re-run program once, one for the launcher alone too', async () => {
    await using folder = await tempFolder();
    await cp(PROGRAM, folder.join('bin/peerdex.js'));
    await writeFile(folder.join('package.json'), '{"type":"module"}');
    await symlink(path.join(path.dirname(PROGRAM), '../node_modules'), folder.join('node_modules'));
    await mkdir(folder.join('src/cli'), { recursive: true });
    await writeFile(folder.join('src/cli/main.ts'), PROBE);
    const child = spawn(OLD_NODE, [folder.join('bin/peerdex.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
      await eventually(() => said === 'ready\n');
      // As a terminal does: the whole process group.
      process.kill(-child.pid!, 'SIGINT');
      await eventually(() => said.endsWith('settled 1\n'));
      child.kill('SIGINT');
      await eventually(() => said.endsWith('settled 2\n'));
      assert.equal(said, 'ready\nsettled 1\nsettled 2\n');
    } finally {
      process.kill(-child.pid!, 'SIGKILL');
    }
  });
});

/** Says how many SIGINTs it has got once there was none for longer than a launcher's takes. */
const PROBE = `
export async function main() {
  let count = 0;
  let timer;
  process.on('SIGINT', () => {
    count += 1;
    clearTimeout(timer);
    timer = setTimeout(() => console.log('settled ' + count), 400);
  });
  setInterval(() => {}, 1000);
  console.log('ready');
}
`;

interface Menu extends AsyncDisposable {
  /** What was started. */
  readonly child: ChildProcess;
  /** Process id of the program itself, which is another one where it was re-run. */
  readonly program: number;
}

/** The menu waits for input and needs no daemon. */
async function startMenu(node: string): Promise<Menu> {
  const folder = await tempFolder();
  const child = spawn(node, [PROGRAM, 'menu', '--data', folder.join('data')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  await eventually(() => said.includes('Your choice'));
  const program = programOf(child);
  return {
    child,
    program,
    [Symbol.asyncDispose]: async () => {
      if (isAlive(program)) process.kill(program, 'SIGKILL');
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The launcher's child where the program was re-run, else what was started. */
function programOf({ pid }: ChildProcess): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return child ? Number(child) : pid!;
}

/** What has ended and was not waited for yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function oldNode(): { skip: string | false; oldVersion: string } {
  let oldVersion: string;
  try {
    oldVersion = execFileSync(OLD_NODE, ['--version'], { encoding: 'utf8' }).trim().slice(1);
  } catch {
    return { skip: `there is no ${OLD_NODE}`, oldVersion: '' };
  }
  const isOld = Number(oldVersion.split('.')[0]) < 24;
  return { skip: isOld ? false : `${OLD_NODE} is ${oldVersion}, which needs no other`, oldVersion };
}
