/** What a browser may show by itself: pictures, sound and film that carry no script. Everything else is handed over as a file. */
export const INLINE_TYPES: Readonly<Record<string, string>> = {
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

/** Names that are likely to hold text that people read. */
const TEXT = new Set(
  'asc bat c cc cfg cmake conf cpp cs css csv cue diff env go h hpp htm html ini java js json jsx kt less log lua m3u md mjs nfo php pl properties ps1 py r rb rs rst scss sfv sh sql srt svg swift tex toml ts tsv tsx txt vtt vue xml yaml yml zig'.split(
    ' ',
  ),
);

export type PreviewKind = 'image' | 'audio' | 'video' | 'text';

/** In lower case, without the dot; empty where there is none. */
export const extensionOf = (name: string): string => /\.([0-9a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';

/** How a file of that name can be shown, or undefined. */
export function previewKindOf(name: string): PreviewKind | undefined {
  const extension = extensionOf(name);
  if (TEXT.has(extension)) return 'text';
  if (!Object.hasOwn(INLINE_TYPES, extension)) return undefined;
  return INLINE_TYPES[extension]!.split('/')[0] as PreviewKind;
}
