import type { CommandEntry } from '../commands.ts';
import { completions } from '../completion/completions.ts';
import { peerFolder } from '../data-folders.ts';
import type { CommandModule } from '../invocation.ts';

/**
 * For the scripts of `completion`: a line for each candidate, a tab, what it is; `:files` or `:folders` leave it to the shell. Says
 * nothing of errors: a shell that completes is no place for them.
 */
export function completing(commands: () => readonly CommandEntry[]): CommandModule {
  return {
    define: (command) =>
      void command.argument('[word...]', 'the words after `peerdex`, the last one as far as it is typed'),
    run: async (invocation) => {
      const { args, flags, output } = invocation;
      const folderOf = (data: string | undefined) =>
        peerFolder(data === undefined ? invocation : { ...invocation, flags: { ...flags, data } });
      const lines = await completions(commands(), args, folderOf).catch(() => []);
      await output.write(lines.map((line) => `${line}\n`).join(''));
      return undefined;
    },
  };
}
