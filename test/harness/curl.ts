import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';

export interface CurlAnswer {
  readonly status: number;
  /** By lower-case name; of several the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Runs curl as a user would; the answer with its headers. A refused connection throws. */
export async function curl(...args: string[]): Promise<CurlAnswer> {
  const child = spawn('curl', ['-sS', '--max-time', '20', '-i', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (code !== 0) throw new Error(`curl ${args.join(' ')} ended with ${code}: ${err}`);
  const end = out.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = out.toString('utf8', 0, end).split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: out.subarray(end + 4),
  };
}
