import type { Page } from 'playwright-core';
import { pngOf } from '../../../src/cli/daemons/png.ts';

/** A picture of one colour. */
export function onePng(width: number, height: number): Buffer {
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([40, 120, 200]))]);
  return pngOf(width, height, Buffer.concat(Array.from({ length: height }, () => row)));
}

/** A low tone of so many seconds: 16 bits, 48 kHz, two channels, 192 kB a second. */
export function wavOf(seconds: number): Buffer {
  const rate = 48_000;
  const bytes = seconds * rate * 4;
  const wav = Buffer.alloc(44 + bytes);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + bytes, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 4, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(bytes, 40);
  // Stamped, so that no two leaves are equal.
  for (let at = 44; at + 4 <= wav.byteLength; at += 4096) wav.writeInt32LE(at & 0x00ff_00ff, at);
  return wav;
}

/** Half a second of noise, recorded by the browser itself: about a megabyte of film. */
export async function recordedFilm(page: Page): Promise<Buffer> {
  return Buffer.from((await page.evaluate(RECORD)) as string, 'base64');
}

const RECORD = `(async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 20_000_000 });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let i = 0; i < 12; i += 1) {
    const noise = context.createImageData(320, 180);
    for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
    context.putImageData(noise, 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
})()`;
