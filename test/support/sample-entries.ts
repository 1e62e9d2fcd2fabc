import type { LogRecord } from '../../src/core/entry.ts';

/** A generator of 32 bits with a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Live entries of one owner with names as they are on real disks: photos, music, papers, source trees, office documents, in Latin,
 * Chinese and Japanese script. The same seed gives the same ones. About every fourth file is also another owner's: its content, and
 * mostly its name, depend on a number below `shared` only. Paths differ; folders come before what is in them; `seq` counts from 1.
 */
export function* sampleEntries(seed: number, count: number, shared = 100_000): Generator<LogRecord, void> {
  const random = seeded(seed);
  const below = (n: number): number => Math.floor(random() * n);
  let seq = 0;
  const folder = (path: string): LogRecord => {
    seq += 1;
    return { path, kind: 'folder', size: 0, mtime: DAY * 18_000n, executable: false, flag: 1, seq };
  };
  for (const root of ['home', 'archive']) {
    if (seq < count) yield folder(root);
  }
  for (let number = 0; seq < count; number += 1) {
    const kind = KINDS[below(KINDS.length)]!;
    const parent = `${random() < 0.5 ? 'home' : 'archive'}/${kind.folder(below)} ${number}`;
    yield folder(parent);
    const files = 20 + below(180);
    for (let at = 0; at < files && seq < count; at += 1) {
      const isShared = random() < 0.25;
      const which = isShared ? below(shared) : 0;
      const draw = isShared ? belowOf(seeded(which)) : below;
      const name = (isShared ? KINDS[which % KINDS.length]! : kind).file(draw, at);
      const path = `${parent}/${isShared ? name : numbered(name, at)}`;
      seq += 1;
      const content = isShared ? contentOf(which, 0) : contentOf(seed, seq);
      const size = Math.floor(2 ** (6 + draw(20) + draw(6)) * (1 + draw(1000) / 1000));
      const mtime = DAY * BigInt(15_000 + draw(5_000)) + BigInt(draw(86_400)) * 1_000_000_000n;
      // Of two shared files with one name in one folder the later one is the newer record of that path.
      yield { path, kind: 'file', size, mtime, executable: false, content, flag: 1, seq };
    }
  }
}

type Below = (n: number) => number;
interface Kind {
  readonly folder: (below: Below) => string;
  readonly file: (below: Below, at: number) => string;
}

const belowOf =
  (random: () => number): Below =>
  (n) =>
    Math.floor(random() * n);
/** Looks like a hash. */
function contentOf(a: number, b: number): string {
  const random = seeded(Math.imul(a, 0x9e3779b1) ^ b);
  return Array.from({ length: 8 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

/** A name of its own in its folder. */
const numbered = (name: string, at: number): string => name.replace(/(\.[^.]*)?$/, ` ${at}$1`);
const pick = <T>(below: Below, from: readonly T[]): T => from[below(from.length)]!;

const DAY = 86_400_000_000_000n;
const words = (text: string): string[] => text.split(' ');
const NOUNS = words(
  'report invoice holiday summer winter garden concert notes draft budget lecture exam thesis meeting travel family birthday wedding beach mountain river city house kitchen recipe guitar piano violin model dataset training network protocol swarm index storage kernel parser compiler browser server client session window letter contract tax insurance school project design logo banner icon sketch camera drone sunset forest',
);
const NAMES = words(
  'Müller José Zoë Łukasz Smith Nguyễn García Dvořák Ångström Søren Élodie Beyoncé Björk Çelik Ivan Anna',
);
const PLACES = words(
  'Berlin München Zürich København São-Paulo Kraków Tōkyō Reykjavík Oslo Málaga Paris Wien',
);
const CHINESE = words(
  '报告 照片 会议 合同 发票 旅行 音乐 论文 数据 学习 计划 设计 家庭 北京 上海 春节 笔记 年度 财务 项目',
);
const JAPANESE = words(
  '深い森 写真 会議 報告書 音楽 東京 京都 夏休み 桜 メモ 旅行 論文 資料 ライブ 料理 カフェ 宿題 日記',
);
const CODE = words(
  'index main util parser server client config types routes model view test helper cache queue stream buffer',
);

const KINDS: readonly Kind[] = [
  {
    folder: (below) => `photos ${pick(below, PLACES)} ${2000 + below(25)}`,
    file: (below) => {
      const number = String(below(10_000)).padStart(4, '0');
      return pick(below, [
        `IMG_${number}.JPG`,
        `DSC0${number}.NEF`,
        `IMG_2019${number}.jpg`,
        `${pick(below, PLACES)} ${number}.jpg`,
      ]);
    },
  },
  {
    folder: (below) => `music ${pick(below, NAMES)}`,
    file: (below, at) =>
      `${String((at % 20) + 1).padStart(2, '0')} - ${pick(below, NAMES)} - ${pick(below, [...NOUNS, ...JAPANESE])} ${pick(below, NOUNS)}.${pick(below, ['mp3', 'flac', 'm4a'])}`,
  },
  {
    folder: (below) => `papers ${pick(below, NOUNS)}`,
    file: (below) =>
      `${pick(below, NAMES)} et al. - ${1980 + below(45)} - ${pick(below, NOUNS)} ${pick(below, NOUNS)} of ${pick(below, NOUNS)}s.pdf`,
  },
  {
    folder: (below) => `project ${pick(below, CODE)}`,
    file: (below) =>
      `${pick(below, CODE)}-${pick(below, CODE)}${below(3) === 0 ? '.test' : ''}.${pick(below, ['ts', 'js', 'py', 'c', 'h', 'rs', 'md', 'json'])}`,
  },
  {
    folder: (below) => `文档 ${pick(below, CHINESE)}`,
    file: (below) =>
      `${2000 + below(25)}年${pick(below, CHINESE)}${pick(below, CHINESE)}_v${below(9)}.${pick(below, ['docx', 'xlsx', 'pdf', 'jpg'])}`,
  },
  {
    folder: (below) => `${pick(below, JAPANESE)} ${pick(below, JAPANESE)}`,
    file: (below) =>
      `${pick(below, JAPANESE)}の${pick(below, JAPANESE)} ${below(1000)}.${pick(below, ['txt', 'png', 'mp4', 'pdf'])}`,
  },
  {
    folder: (below) => `Bücher ${pick(below, NAMES)}`,
    file: (below) =>
      `${pick(below, NOUNS)} über ${pick(below, NOUNS)} ü${below(99)}.${pick(below, ['epub', 'odt', 'txt'])}`,
  },
];
