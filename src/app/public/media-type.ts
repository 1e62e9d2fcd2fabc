/** What a browser may show by itself: pictures, sound and film that carry no script. Everything else is handed over as a file. */
const INLINE: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  m4v: 'video/mp4',
  mp4: 'video/mp4',
  ogv: 'video/ogg',
  webm: 'video/webm',
};

const extensionOf = (name: string): string => /\.([0-9a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';

export const isInline = (name: string): boolean => Object.hasOwn(INLINE, extensionOf(name));

export const mediaTypeOf = (name: string): string =>
  isInline(name) ? INLINE[extensionOf(name)]! : 'application/octet-stream';
