import type { Command } from 'commander';
import { PeerdexError } from '../../core/errors.ts';
import { SCRIPTS } from '../completion/scripts.ts';
import type { Invocation } from '../invocation.ts';
import { examples } from '../output/help.ts';

export function define(command: Command): void {
  command.argument('<shell>', Object.keys(SCRIPTS).join(', '));
  examples(command, [
    ['completion bash > ~/.local/share/bash-completion/completions/peerdex'],
    ['completion zsh > ~/.zfunc/_peerdex', 'with ~/.zfunc in $fpath'],
    ['completion fish > ~/.config/fish/completions/peerdex.fish'],
  ]);
}

export async function run({ args, output }: Invocation): Promise<undefined> {
  const script = Object.hasOwn(SCRIPTS, args[0]!) ? SCRIPTS[args[0] as keyof typeof SCRIPTS] : undefined;
  if (script === undefined)
    throw new PeerdexError('usage', `no completion for ${args[0]}`, {
      hint: `there is one for each of ${Object.keys(SCRIPTS).join(', ')}`,
    });
  await output.write(script);
}
