/** Amounts as people read them, in decimal units as the commands print them. */
const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export const formatSize = (bytes: number): string => scaled(bytes, SIZES);

/** Bytes a second; empty where nothing moves. */
export const formatRate = (bytesPerSecond: number): string =>
  bytesPerSecond > 0 ? `${scaled(bytesPerSecond, SIZES)}/s` : '';

/** `1 file`, `12,345 files`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${COUNT.format(count)} ${count === 1 ? one : many}`;

export const formatNumber = (value: number): string => COUNT.format(value);

/** Whole percents that say 100 only at the end. `size` 0 is done. */
export const percentOf = (bytes: number, size: number): number =>
  size === 0 || bytes >= size ? 100 : Math.min(99, Math.floor((100 * bytes) / size));

const COUNT = new Intl.NumberFormat('en');

function scaled(value: number, units: readonly string[]): string {
  let power = 0;
  let rest = value;
  // 999.5 would be written as 1000
  while (rest >= (power === 0 ? 1000 : 999.5) && power < units.length - 1) {
    rest /= 1000;
    power += 1;
  }
  const digits = power === 0 || rest >= 99.95 ? 0 : 1;
  return `${rest.toFixed(digits)} ${units[power]}`;
}
