import { unreachable } from './api-error.ts';

/** One JSON object a line. Leaving the loop ends the request. */
export const readLines = (open: () => Promise<Response>) => readPieces(open, '\n', (line) => line);

/** Server-sent events by fetch, for an EventSource sends no header: only their data, which is one line here. */
export const readEvents = (open: () => Promise<Response>) => readPieces(open, '\n\n', dataOf);

/** Undefined for a comment. */
export function dataOf(event: string): string | undefined {
  return event
    .split('\n')
    .find((line) => line.startsWith('data: '))
    ?.slice('data: '.length);
}

async function* readPieces(
  open: () => Promise<Response>,
  end: string,
  textOf: (piece: string) => string | undefined,
): AsyncGenerator<unknown, void, undefined> {
  const response = await open();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw unreachable();
      });
      if (done) return;
      const pieces = (rest + value).split(end);
      rest = pieces.pop()!;
      for (const piece of pieces) {
        const text = textOf(piece);
        if (text) yield JSON.parse(text);
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
