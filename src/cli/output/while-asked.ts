/**
 * Puts a question on the terminal. `ask` gets a signal that ends it together with the input, by Ctrl-D or with a terminal that goes away:
 * the question itself would wait for ever, and the process end in the middle of it.
 */
export async function whileAsked<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
  input: NodeJS.EventEmitter = process.stdin,
): Promise<T> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const onKey = (_text: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }) => {
    if (key?.ctrl === true && key.name === 'd') end();
  };
  input.on('keypress', onKey).on('end', end).on('close', end);
  try {
    return await ask(signal ? AbortSignal.any([signal, ended.signal]) : ended.signal);
  } finally {
    input.off('keypress', onKey).off('end', end).off('close', end);
  }
}
