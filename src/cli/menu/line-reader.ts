import { createInterface } from 'node:readline';

/** Lines of standard input one by one, from a person or from a pipe that is ahead of the questions. */
export interface LineReader extends Disposable {
  /** Prints the question and gives the next line, trimmed; undefined when there is none any more. */
  ask(question: string): Promise<string | undefined>;
}

export function createLineReader(): LineReader {
  const { stdin, stdout } = process;
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  const reader = createInterface({ input: stdin, ...(terminal ? { output: stdout } : {}), terminal });
  const waiting: string[] = [];
  let ended = false;
  let wake = () => {};
  reader.on('line', (line) => {
    waiting.push(line);
    wake();
  });
  reader.on('close', () => {
    ended = true;
    wake();
  });
  // Readline takes Ctrl-C from the terminal; whoever runs expects the signal.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return {
    ask: async (question) => {
      reader.setPrompt(question);
      if (terminal) reader.prompt();
      else stdout.write(question);
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const line = waiting.shift();
      // What a person types ends with a line break of its own.
      if (!terminal || line === undefined) stdout.write('\n');
      return line?.trim();
    },
    [Symbol.dispose]: () => reader.close(),
  };
}
