import type {
  TArray,
  TBoolean,
  TInteger,
  TLiteral,
  TNull,
  TNumber,
  TObject,
  TOptional,
  TProperties,
  TSchema,
  TString,
  TUnion,
  TUnsafe,
} from 'typebox';

export type { Static, TObject, TSchema } from 'typebox';

/**
 * Makes JSON Schemas (2020-12) with TypeBox's static types. TypeBox itself is for types only here: loading it takes longer than a
 * client command may take in all. The schemas are plain JSON, which ajv, OpenAPI and `typebox/schema` understand as they are.
 */
export const Type = {
  Null: (): TNull => make({ type: 'null' }),
  Boolean: (): TBoolean => make({ type: 'boolean' }),
  Integer: (limits: NumberLimits = {}): TInteger => make({ type: 'integer', ...limits }),
  Number: (limits: NumberLimits = {}): TNumber => make({ type: 'number', ...limits }),
  String: (limits: StringLimits = {}): TString => make({ type: 'string', ...limits }),
  Literal: <const Value extends string | number | boolean>(value: Value): TLiteral<Value> =>
    make({ type: typeof value, const: value }),
  Enum: <const Values extends readonly string[]>(values: Values): TUnsafe<Values[number]> =>
    make({ type: 'string', enum: values }),
  Array: <Item extends TSchema>(items: Item, limits: ArrayLimits = {}): TArray<Item> =>
    make({ type: 'array', items, ...limits }),
  Union: <Types extends TSchema[]>(anyOf: readonly [...Types]): TUnion<Types> => make({ anyOf }),
  Optional: <Inner extends TSchema>(inner: Inner): TOptional<Inner> => {
    const copy = { ...inner };
    Object.defineProperty(copy, OPTIONAL, { value: true });
    return copy as TOptional<Inner>;
  },
  Object: <Properties extends TProperties>(properties: Properties): TObject<Properties> =>
    make({
      type: 'object',
      properties,
      required: Object.keys(properties).filter((key) => !(OPTIONAL in properties[key]!)),
    }),
};

interface NumberLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

interface StringLimits {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

interface ArrayLimits {
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Not enumerable: it is no part of the JSON. */
const OPTIONAL = '~optional';

/** The one place where plain JSON takes on the static type that TypeBox gives it. */
const make = <Schema extends TSchema>(schema: object): Schema => schema as Schema;
