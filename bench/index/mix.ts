/** Searches of one to twelve characters, in several scripts, of one to three words, with and without filters, from no hit to most files. */
export interface Search {
  readonly words: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly newer?: string;
  readonly older?: string;
  readonly ext?: string;
  /** Only files of one peer. */
  readonly onePeer?: true;
}

const plain = (...searches: string[]): Search[] => searches.map((words) => ({ words }));

export const MIX: readonly Search[] = [
  ...plain('e', 'a', 'x', '7', '.', 'q'),
  ...plain('深', '年', '桜', '龍'),
  ...plain('深い', '報告', '春节', '龍神', 'ライ'),
  ...plain('ü7', 'zz', 'of', 'js', 'qx'),
  ...plain('jpg', 'img', 'the', 'pdf', 'xyz', '報告書', 'カフェ'),
  ...plain('UBER', 'beac', 'über', 'zzzz', '会議資料'),
  ...plain('garden', 'Ångst', 'cafe', 'dvorak', 'tokyo', 'report', 'kernel'),
  ...plain('IMG_2034', 'frame 0123', 'københavn', 'nosuchname', 'parser-serve', 'thesis of net'),
  ...plain('report 2019', 'garden beach', 'violin flac', 'müller 夏休み', '東京 png', 'e a', 'test ts'),
  ...plain('dvorak 1999 kernel', 'a e i', 'et al 2001', 'music violin zzz'),
  { words: 'e', minSize: 2 ** 30 },
  { words: 'e', ext: 'pdf', newer: '2024-01-01T00:00:00Z' },
  { words: 'a', minSize: 2 ** 40 },
  { words: 'garden', ext: 'epub,pdf' },
  { words: 'photo', ext: 'nef' },
  { words: 'report', older: '2012-01-01T00:00:00Z', maxSize: 100_000 },
  { words: 'jpg', onePeer: true },
  { words: '旅行', onePeer: true, minSize: 1_000_000 },
];

export const labelOf = ({ words, ...filters }: Search): string =>
  [words, ...Object.entries(filters).map(([name, value]) => `${name}=${value}`)].join(' ');
