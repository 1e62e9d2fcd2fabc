import { Ajv, type ErrorObject } from 'ajv';
import type { TSchema } from '../../protocol/schema.ts';
import type { FitsSchema } from './transport.ts';

/**
 * One for all servers and clients of the process, so that a schema is compiled once. Schemas are constants of `protocol/`: the types
 * check them, and the schema of schemas, which takes longer to compile than most of them, is not wanted. Nor is code that was gone
 * through once more: that takes as long as making it.
 */
const ajv = new Ajv({ meta: false, validateSchema: false, code: { optimize: false } });

/** Checks answers of servers that are not trusted. */
export const fitsSchema: FitsSchema = (schema, value) => ajv.compile(schema)(value);

export interface SchemaCheck {
  (value: unknown): boolean;
  /** Why the last value did not fit. */
  errors?: ErrorObject[] | null | undefined;
}

/** A check that is compiled when the first value comes: most servers are asked a few of their operations only. */
export function lazyCheck(schema: TSchema): SchemaCheck {
  const check: SchemaCheck = (value) => {
    const compiled = ajv.compile(schema);
    const fits = compiled(value);
    check.errors = compiled.errors;
    return fits;
  };
  return check;
}
