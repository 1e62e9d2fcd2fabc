import { Compile } from 'typebox/schema';
import type { TSchema } from '../../protocol/schema.ts';
import type { FitsSchema } from './transport.ts';

/** Checks answers of servers that are not trusted. Each schema is compiled when it is first met. */
export const fitsSchema: FitsSchema = (schema, value) => {
  let check = compiled.get(schema);
  if (!check) {
    const validator = Compile(schema as object);
    check = (candidate) => validator.Check(candidate);
    compiled.set(schema, check);
  }
  return check(value);
};

const compiled = new WeakMap<TSchema, (value: unknown) => boolean>();
