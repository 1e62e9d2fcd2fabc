import { PeerdexError } from '../core/errors.ts';
import type { Refusal } from '../core/ports/source.ts';

/** Why a source that refuses is given up. */
export function refusedError(reason: Refusal): PeerdexError {
  return new PeerdexError(reason === 'changed' ? 'conflict' : 'unavailable', SENTENCES[reason], {
    retry: reason === 'busy',
  });
}

const SENTENCES: Readonly<Record<Refusal, string>> = {
  unknown: 'it does not share this content any more',
  changed: 'its file has changed',
  unreadable: 'it cannot read its file',
  busy: 'it is busy',
  invalid: 'it says that the content has no such part',
};
