import { COLOURS, curve, drawing, label, line } from '../flash-crowd/plots/svg.ts';
import type { Course } from './report.ts';
import type { Measure } from './sample.ts';

const WIDTH = 820;
const HEIGHT = 200;
const LEFT = 56;
const RIGHT = 150;
const TOP = 34;
const BOTTOM = 30;
const PANELS: readonly (readonly [title: string, measure: Measure, unit: number])[] = [
  ['Memory (VmRSS), MiB', 'rss', 2 ** 20],
  ['JavaScript objects, MiB', 'heap', 2 ** 20],
  ['Open files and sockets', 'fds', 1],
  ['Databases, MiB', 'database', 2 ** 20],
];

/** One panel a measure, one curve a daemon, over minutes. */
export function churnPlot(courses: readonly Course[]): string {
  const minutes = Math.max(2, ...courses.map(({ samples }) => samples.length));
  const x = (minute: number) => LEFT + ((minute - 1) / (minutes - 1)) * (WIDTH - LEFT - RIGHT);
  const parts = PANELS.flatMap(([title, measure, unit], panel) => {
    const top = panel * HEIGHT + TOP;
    const bottom = (panel + 1) * HEIGHT - BOTTOM;
    const lines = courses.map(({ samples }) => samples.map((sample) => sample[measure] / unit));
    const most = Math.max(...lines.flat()) * 1.1;
    const y = (value: number) => bottom - (value / most) * (bottom - top);
    return [
      label(12, top - 12, title, { kind: 'title' }),
      ...[0, most / 2, most].flatMap((value) => [
        line([LEFT, y(value)], [WIDTH - RIGHT, y(value)], value === 0 ? 'axis' : 'grid'),
        label(LEFT - 6, y(value) + 4, value < 10 ? value.toFixed(1) : value.toFixed(0), {
          anchor: 'end',
          kind: 'small',
        }),
      ]),
      ...[1, Math.ceil(minutes / 2), minutes].map((minute) =>
        label(x(minute), bottom + 16, `${minute} min`, { anchor: 'middle', kind: 'small' }),
      ),
      ...lines.map((values, i) =>
        curve(
          values.map((value, minute) => [x(minute + 1), y(value)]),
          COLOURS[i % COLOURS.length]!,
        ),
      ),
      ...courses.map(({ name }, i) =>
        label(WIDTH - RIGHT + 8, y(lines[i]!.at(-1)!) + 4, name, { kind: 'small' }),
      ),
    ];
  });
  return drawing('An hour of churn', WIDTH, PANELS.length * HEIGHT, parts);
}
