/** One search of the mix; sizes are bytes, times ISO 8601. */
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

/** Searches of one to twelve characters, in several scripts, of one to three words, with and without filters, from no hit to most files. */
export const MIX: ReadonlyMap<string, readonly Search[]> = new Map([
  ['one character', plain('e', 'a', 'x', '7', '.', 'q')],
  ['one character, Chinese and Japanese', plain('深', '年', '桜', '京')],
  ['two characters', plain('ü7', 'of', 'js', '19', 'an')],
  ['two characters, Chinese and Japanese', plain('深い', '報告', '春节', 'ライ', '京都')],
  [
    'three to five characters',
    plain('jpg', 'img', 'the', 'pdf', '報告書', 'カフェ', 'UBER', 'beac', 'über', 'tokyo'),
  ],
  [
    'six to twelve characters',
    plain('garden', 'Ångst', 'dvorak', 'kernel', 'IMG_2034', 'københavn', 'parser-serve'),
  ],
  [
    'two and three words',
    plain(
      'report 2019',
      'garden beach',
      'violin flac',
      'müller 夏休み',
      '東京 png',
      'e a',
      'a e i',
      'et al 2001',
    ),
  ],
  ['nothing found', plain('龍', 'zz', 'qx', '龍神', 'zzzz', '会議資料', 'nosuchname', 'music violin zzz')],
  [
    'with filters',
    [
      { words: 'e', minSize: 2 ** 30 },
      { words: 'e', ext: 'pdf', newer: '2024-01-01T00:00:00Z' },
      { words: 'a', minSize: 2 ** 40 },
      { words: 'garden', ext: 'epub,pdf' },
      { words: 'photo', ext: 'nef' },
      { words: 'report', older: '2012-01-01T00:00:00Z', maxSize: 100_000 },
      { words: 'jpg', onePeer: true },
      { words: '旅行', onePeer: true, minSize: 1_000_000 },
    ],
  ],
]);

export const SEARCHES: readonly Search[] = [...MIX.values()].flat();
