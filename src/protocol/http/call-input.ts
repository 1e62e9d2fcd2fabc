import type { Static, TSchema } from '../schema.ts';
import type { Operation } from './operation.ts';

/** Input of a call: `params`, `query` and `body` as the operation has them; what may be all empty may be left out. */
export type CallInput<O extends Operation> = Part<O, 'params'> & Part<O, 'query'> & Part<O, 'body'>;

type Part<O, Key extends 'params' | 'query' | 'body'> = O extends {
  readonly [K in Key]: infer S extends TSchema;
}
  ? Record<string, never> extends Static<S>
    ? { readonly [K in Key]?: Static<S> }
    : { readonly [K in Key]: Static<S> }
  : unknown;
