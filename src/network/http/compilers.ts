import type { FastifyServerOptions } from 'fastify';
import type { TSchema } from '../../protocol/schema.ts';
import { lazyCheck } from './validate.ts';

type Compilers = NonNullable<FastifyServerOptions['schemaController']>['compilersFactory'];

/**
 * How Fastify checks requests and writes answers. Its own compilers take longer to load and to go through every operation than the
 * rest of a start. The types that Fastify gives are those of ajv's functions, not of what it calls.
 */
export const COMPILERS = {
  buildValidator: () => (route: { readonly schema: TSchema }) => lazyCheck(route.schema),
  buildSerializer: () => () => JSON.stringify,
} as unknown as Compilers;
