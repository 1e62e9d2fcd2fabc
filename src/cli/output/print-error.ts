import { asPeerdexError, type PeerdexError } from '../../core/errors.ts';
import { escapeText, toJsonLine } from './escape.ts';

/**
 * What standard error gets of a failure. For people a sentence, what it could have meant, what to do; with `json` one line
 * `{"error":{"code","message","hint","candidates"}}`.
 */
export function errorLines(error: unknown, json: boolean): string[] {
  const known = asPeerdexError(error);
  if (json) return [toJsonLine({ error: errorDocument(known) })];
  return [
    `peerdex: ${escapeText(known.message)}`,
    ...candidateLines(known.candidates),
    ...(known.hint ? [`hint: ${escapeText(known.hint)}`] : []),
  ];
}

/** What became of `path`, which is not named again where the reason names it. */
export function failureLine(path: string, reason: string): string {
  const isNamed = reason.includes(JSON.stringify(path)) || (path.startsWith('/') && reason.includes(path));
  return `peerdex: ${isNamed ? '' : `${escapeText(path)}: `}${escapeText(reason)}`;
}

export function candidateLines(candidates: PeerdexError['candidates'] = []): string[] {
  return candidates.map(({ what, note }) => `  ${escapeText(what)}${note ? `   ${escapeText(note)}` : ''}`);
}

function errorDocument({ code, message, hint, candidates }: PeerdexError): object {
  return { code, message, hint: hint ?? null, candidates: candidates ?? [] };
}
