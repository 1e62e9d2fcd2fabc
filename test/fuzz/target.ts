import type fc from 'fast-check';

/** One parser under fuzz. */
export interface Target {
  /** As `--only` takes it, and as its corpus is called. */
  readonly name: string;
  /** The sources that it is about. */
  readonly parses: readonly string[];
  /** Inputs in `npm test`; 200 unless told. */
  readonly usual?: number;
  /** Name of its corpus, where several share one. */
  readonly corpus?: string;
  readonly open: () => OpenTarget | Promise<OpenTarget>;
}

export interface OpenTarget {
  /** What is tried: rubbish, and valid inputs with something changed in them. */
  readonly inputs: fc.Arbitrary<unknown>;
  /** Throws where the parser does what it must not. True when it took the input, false when it refused it as it ought to. */
  readonly check: (input: never) => boolean | Promise<boolean>;
  readonly close?: () => Promise<void>;
}

/** A target with the types that belong together. */
export const target = <T>(
  about: Pick<Target, 'name' | 'parses' | 'usual' | 'corpus'>,
  open: () => Opened<T> | Promise<Opened<T>>,
): Target => ({ ...about, open: open as Target['open'] });

interface Opened<T> {
  readonly inputs: fc.Arbitrary<T>;
  readonly check: (input: T) => boolean | Promise<boolean>;
  readonly close?: () => Promise<void>;
}
