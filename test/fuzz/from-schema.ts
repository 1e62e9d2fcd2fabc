import fc from 'fast-check';

type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly pattern?: string;
};

/** Values that look as if the schema had been read, and here and there something else in their place. */
export function nearly(schema: unknown): fc.Arbitrary<unknown> {
  const right = fitting(schema as Schema);
  return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: junk });
}

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => nearly(one)));
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const values = Object.fromEntries(properties.map(([key, one]) => [key, nearly(one)]));
      const whole = fc.record(values, { noNullPrototype: true });
      const part = fc.record(values, { requiredKeys: [], noNullPrototype: true });
      return fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: part });
    }
    case 'array':
      return fc.array(nearly(schema.items ?? {}), { maxLength: 4 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.nat(70_000), fc.integer(), fc.double(), fc.constantFrom(0, 2 ** 53, -1, 1e308));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return schema.pattern ? fitsPattern : text;
  }
}

/** The ids of the protocol are hex of these lengths. */
const fitsPattern = fc
  .constantFrom(16, 32, 64, 8)
  .chain((length) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length }),
  );

/** Text that has broken other programs. */
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '..',
    '../../etc/passwd',
    '\0',
    'a\u001b[31mb',
    '\ud800',
    '__proto__',
    'constructor',
    '%00',
    '%c0%ae',
    "'; DROP TABLE entry; --",
    '*',
    '**',
    ':',
    'a:b/',
    '"',
    '(((((',
    'NEAR(a b)',
    'x'.repeat(9000),
    '=1+1',
    'Zo\u0308e',
  ),
);

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  text,
  fc.constantFrom(null, [], {}, -1, 1.5, true, { toString: 'x' }, [[[[[[]]]]]]),
);
