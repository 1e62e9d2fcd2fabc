/** An expression: a number as 16 hex digits, its lowest byte first. */
export const lowestFirst = (value: string): string =>
  `printf('%02X%02X%02X%02X%02X%02X%02X%02X', ${Array.from({ length: 8 }, (_, i) => `${value} >> ${8 * i} & 255`).join(', ')})`;

/** An aggregate: the bytes of all in one blob, in that order. */
export const joined = (hex: string, order: string): string =>
  `unhex(group_concat(${hex}, '' ORDER BY ${order}))`;
