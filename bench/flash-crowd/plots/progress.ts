import type { Progress } from '../progress.ts';
import { COLOURS, curve, drawing, label, line } from './svg.ts';

const WIDTH = 820;
const HEIGHT = 220;
const LEFT = 50;
const RIGHT = 20;
const TOP = 34;
const BOTTOM = 30;

export interface ProgressPanel {
  readonly name: string;
  readonly progress: Progress;
}

/** One panel a contender, one curve a fetcher: payload that its link has brought, in multiples of the file, over seconds. */
export function progressPlot(panels: readonly ProgressPanel[], bytes: number, bound: number): string {
  const seconds = Math.ceil(Math.max(...panels.map(({ progress }) => progress.at.at(-1)!)));
  const most = Math.max(
    1.1,
    ...panels.flatMap(({ progress }) => progress.received.slice(1).map((list) => list.at(-1)! / bytes)),
  );
  const x = (at: number) => LEFT + (at / seconds) * (WIDTH - LEFT - RIGHT);
  const parts = panels.flatMap(({ name, progress }, panel) => {
    const top = panel * HEIGHT + TOP;
    const bottom = (panel + 1) * HEIGHT - BOTTOM;
    const y = (files: number) => bottom - (files / most) * (bottom - top);
    return [
      label(12, top - 12, name, { kind: 'title' }),
      ...ticks(seconds).flatMap((at) => [
        line([x(at), top], [x(at), bottom], 'grid'),
        label(x(at), bottom + 16, `${at} s`, { anchor: 'middle', kind: 'small' }),
      ]),
      ...[0, 0.5, 1].flatMap((files) => [
        line([LEFT, y(files)], [WIDTH - RIGHT, y(files)], files === 0 ? 'axis' : 'grid'),
        label(LEFT - 6, y(files) + 4, String(files), { anchor: 'end', kind: 'small' }),
      ]),
      line([x(bound), top], [x(bound), bottom], 'bound'),
      label(x(bound) + 4, top + 10, 'bound', { kind: 'small' }),
      ...progress.received
        .slice(1)
        .map((list) => curve(pointsOf(list, progress.at, bytes, x, y), COLOURS[panel % COLOURS.length]!)),
    ];
  });
  return drawing('What each fetcher has received over time, in files', WIDTH, panels.length * HEIGHT, parts);
}

const pointsOf = (
  list: readonly number[],
  at: readonly number[],
  bytes: number,
  x: (at: number) => number,
  y: (files: number) => number,
) => list.map((received, i) => [x(at[i]!), y(received / bytes)] as const);

function ticks(seconds: number): number[] {
  const step = [1, 2, 5, 10, 20, 50].find((each) => seconds / each <= 12) ?? 100;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
}
