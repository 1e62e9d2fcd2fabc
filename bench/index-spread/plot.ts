import { COLOURS, curve, drawing, label, line } from '../flash-crowd/plots/svg.ts';

/** One panel: values over the number of peers, both on logarithmic scales. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

const WIDTH = 820;
const HEIGHT = 230;
const LEFT = 70;
const RIGHT = 190;
const TOP = 36;
const BOTTOM = 34;
const LABEL_HEIGHT = 12;

/** Panels below one another. Straight lines at 45 degrees are costs that grow with the network. */
export function growthPlot(title: string, panels: readonly Panel[]): string {
  const parts = panels.flatMap((panel, n) => {
    const top = n * HEIGHT + TOP;
    const bottom = (n + 1) * HEIGHT - BOTTOM;
    const all = panel.curves.flatMap(({ points }) => points);
    const [fromX, toX] = decades(all.map(([x]) => x));
    const [fromY, toY] = decades(all.map(([, y]) => y));
    const x = (value: number) => LEFT + place(value, fromX, toX) * (WIDTH - LEFT - RIGHT);
    const y = (value: number) => bottom - place(value, fromY, toY) * (bottom - top);
    return [
      label(12, top - 14, panel.title, { kind: 'title' }),
      ...powers(fromX, toX).flatMap((at) => [
        line([x(at), top], [x(at), bottom], 'grid'),
        label(x(at), bottom + 16, String(at), { anchor: 'middle', kind: 'small' }),
      ]),
      ...powers(fromY, toY).flatMap((at) => [
        line([LEFT, y(at)], [WIDTH - RIGHT, y(at)], 'grid'),
        label(LEFT - 6, y(at) + 4, String(at), { anchor: 'end', kind: 'small' }),
      ]),
      ...panel.curves.map(({ points }, i) =>
        curve(
          points.map(([px, py]) => [x(px), y(py)] as const),
          colourOf(i),
        ),
      ),
      ...apart(panel.curves.map(({ points }) => y(points.at(-1)![1]))).flatMap((at, i) => {
        const { name, points } = panel.curves[i]!;
        const [lastX, lastY] = points.at(-1)!;
        return [
          curve(
            [
              [x(lastX), y(lastY)],
              [x(lastX) + 14, at],
            ],
            colourOf(i),
          ),
          label(x(lastX) + 18, at + 4, name, { kind: 'small' }),
        ];
      }),
    ];
  });
  return drawing(title, WIDTH, panels.length * HEIGHT, parts);
}

const colourOf = (n: number): string => COLOURS[n % COLOURS.length]!;

/** These heights in the same order from above, none so near to another that their labels would cover each other. */
function apart(heights: readonly number[]): number[] {
  const found = [...heights];
  let least = Number.NEGATIVE_INFINITY;
  for (const i of heights
    .keys()
    .toArray()
    .sort((a, b) => heights[a]! - heights[b]!)) {
    found[i] = Math.max(heights[i]!, least);
    least = found[i] + LABEL_HEIGHT;
  }
  return found;
}

const place = (value: number, from: number, to: number): number =>
  (Math.log10(Math.max(value, from)) - Math.log10(from)) / (Math.log10(to) - Math.log10(from));

function decades(values: readonly number[]): [number, number] {
  const from = 10 ** Math.floor(Math.log10(Math.max(1e-3, Math.min(...values))));
  const to = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  return [from, to > from ? to : from * 10];
}

const powers = (from: number, to: number): number[] =>
  Array.from({ length: Math.round(Math.log10(to / from)) + 1 }, (_, n) =>
    Number((from * 10 ** n).toPrecision(1)),
  );
