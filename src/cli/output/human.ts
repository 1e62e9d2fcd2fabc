/** Numbers as people read them; decimal units as file managers and network cards use them. */
export function humanSize(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** `bytesPerSecond` as bytes a second. */
export function humanRate(bytesPerSecond: number): string {
  return `${humanSize(bytesPerSecond)}/s`;
}

/** `bytesPerSecond` as bits a second. */
export function humanBitRate(bytesPerSecond: number): string {
  return scaled(bytesPerSecond * 8, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s', 'Pbit/s']);
}

/** Both ways to say a throughput; a transfer too short to time counts as a millisecond. */
export function humanThroughput(bytes: number, seconds: number): string {
  const rate = bytes / Math.max(seconds, 0.001);
  return `${humanRate(rate)} (${humanBitRate(rate)})`;
}

export function humanSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 3 : 2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

/** A time of the API (ISO 8601, UTC) on this machine's clock, to the minute. */
export function humanTime(iso: string | null): string {
  const time = new Date(iso ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `1 file`, `2 files`, `12,345 files`. */
export function humanCount(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}

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
