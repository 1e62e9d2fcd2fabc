import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { COMMANDS } from './commands.ts';
import { describeCommand } from './completion/command-line.ts';
import { type ReadLine, readPlainLine } from './plain-line.ts';
import { readWholeLine } from './whole-line.ts';

describe('a plain command line', () => {
  const plain = (...argv: string[]) => readPlainLine(COMMANDS, argv);

  it('is a command with its operands, and flags that are written out', async () => {
    const line = await plain('--json', 'get', 'a.iso', '-o', '/tmp/', '--from=seed', 'b.iso', '--overwrite');
    assert.deepEqual(line?.args, ['a.iso', 'b.iso']);
    assert.deepEqual(line?.flags, { json: true, output: '/tmp/', from: 'seed', overwrite: true });
  });

  it('is nothing that asks for help, is wrong, or is written in another way', async () => {
    for (const argv of [
      [],
      ['--version'],
      ['help', 'get'],
      ['get', 'x', '--help'],
      ['get'],
      ['ls', 'a', 'b'],
      ['got', 'x'],
      ['get', '--', 'x'],
      ['get', 'x', '-o'],
      ['get', 'x', '-o/tmp'],
      ['get', 'x', '--overwrite=yes'],
      ['get', 'x', '--no-such-flag'],
      ['mirror', 'seed:music/'],
      ['registry', 'peers'],
    ])
      assert.equal(await plain(...argv), undefined, argv.join(' '));
  });

  it('says what commander makes of it, whatever the line', async () => {
    const commands = await Promise.all(COMMANDS.filter(({ hidden }) => !hidden).map(describeCommand));
    const operand = fc.constantFrom('a', 'seed:b/', '', '-', '5', '~/x', 'a=b');
    const odd = fc.constantFrom('--', '-x', '-ox', '--out', '--no-json', '-5', '-h', '--json=', '--=');
    const line = fc.constantFrom(...commands).chain((command) => {
      const names = command.options.flatMap(({ short, long }) => [short, long]).filter((one) => one != null);
      const flag = fc.constantFrom(...names, '--data', '--json');
      const said = fc.tuple(flag, operand).map(([name, value]) => [`${name}=${value}`]);
      const words = fc.oneof(
        { weight: 4, arbitrary: operand.map((one) => [one]) },
        { weight: 2, arbitrary: flag.map((one) => [one]) },
        { weight: 4, arbitrary: fc.tuple(flag, operand) },
        said,
        odd.map((one) => [one]),
      );
      const some = (maxLength: number) => fc.array(words, { maxLength }).map((all) => all.flat());
      return fc.tuple(some(1), some(4)).map(([before, after]) => [...before, command.name(), ...after]);
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(line, async (argv) => {
        const plain = await readPlainLine(COMMANDS, argv);
        if (!plain) return;
        read += 1;
        let whole: ReadLine | undefined;
        await readWholeLine(argv, async (one) => {
          whole = { ...one, flags: { ...one.flags } };
          return 0;
        });
        assert.deepEqual(whole, plain);
      }),
      { numRuns: 2000 },
    );
    assert.ok(read > 200, `${read} lines were plain`);
  });
});
