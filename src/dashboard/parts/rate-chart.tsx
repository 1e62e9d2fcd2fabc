import { type ReactNode, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatRate } from '../format/amounts.ts';
import './forms.css';

export interface RatePoint {
  /** ISO 8601. */
  readonly at: string;
  readonly up: number;
  readonly down: number;
}

interface RateChartProps {
  readonly points: readonly RatePoint[];
  /** Seconds: what it shows, and how far two points are apart. */
  readonly span: number;
  readonly every: number;
}

const HEIGHT = 190;
const NAMES = ['down', 'up', 'grid', 'text'] as const;

/** Rates over the time until now. Where nothing was measured there is no line. */
export function RateChart({ points, span, every }: RateChartProps): ReactNode {
  const figure = useRef<HTMLElement>(null);
  const chart = useRef<uPlot>(null);
  useEffect(() => {
    const element = figure.current;
    if (!element) return;
    const colour = (name: (typeof NAMES)[number]) => () =>
      getComputedStyle(element.querySelector(`i[data-colour=${name}]`)!).color;
    const made = new uPlot(optionsOf(element.clientWidth, span, colour), [[], [], []], element);
    chart.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    // Colours are drawn, so a theme that changes needs another drawing.
    const redraw = () => made.redraw(true, true);
    const theme = new MutationObserver(redraw);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      theme.disconnect();
      resize.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [span]);
  useEffect(() => {
    chart.current?.setData(dataOf(points, every));
  }, [points, every]);
  const newest = points.at(-1);
  const most = Math.max(0, ...points.flatMap(({ up, down }) => [up, down]));
  return (
    <figure
      className="rate-chart"
      ref={figure}
      aria-label={`Rates. ${wordsOf(newest)} At most ${rateText(most)}.`}
    >
      <figcaption>
        <span data-colour="down">Down {newest ? rateText(newest.down) : '–'}</span>
        <span data-colour="up">Up {newest ? rateText(newest.up) : '–'}</span>
        <span className="muted">at most {rateText(most)}</span>
      </figcaption>
      {/* Read for the drawing; not shown, so that no transition stands between them and the theme. */}
      {NAMES.map((name) => (
        <i key={name} data-colour={name} />
      ))}
    </figure>
  );
}

const rateText = (rate: number): string => formatRate(rate) || '0 B/s';
const wordsOf = (point: RatePoint | undefined): string =>
  point ? `Now down ${rateText(point.down)}, up ${rateText(point.up)}.` : 'Nothing was measured yet.';

function optionsOf(
  width: number,
  span: number,
  colour: (name: (typeof NAMES)[number]) => () => string,
): uPlot.Options {
  const line = (name: 'down' | 'up') => ({
    stroke: colour(name),
    width: 1.5,
    points: { show: false },
    spanGaps: false,
  });
  const axis = {
    stroke: colour('text'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: {
        range: () => {
          const now = Date.now() / 1000;
          return [now - span, now];
        },
      },
      y: { range: (_chart, _least, most) => [0, Math.max(1000, (most ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, size: 28, space: 70, values: (_chart, times) => times.map(clockText) },
      {
        ...axis,
        size: 72,
        space: 36,
        values: (_chart, rates) => rates.map((rate) => formatRate(rate) || '0'),
      },
    ],
    series: [{}, line('down'), line('up')],
  };
}

/** Columns of times, of what came and of what went; a point without rates where some are missing. */
function dataOf(points: readonly RatePoint[], every: number): uPlot.AlignedData {
  const times: number[] = [];
  const down: (number | null)[] = [];
  const up: (number | null)[] = [];
  const add = (time: number, came: number | null, went: number | null) => {
    times.push(time);
    down.push(came);
    up.push(went);
  };
  for (const point of points) {
    const time = Date.parse(point.at) / 1000;
    const before = times.at(-1);
    if (before !== undefined && time <= before) continue;
    if (before !== undefined && time - before > 2.5 * every) add(before + every, null, null);
    // What is said of a point holds for the time before it.
    if (before === undefined || time - before > 2.5 * every) add(time - every, point.down, point.up);
    add(time, point.down, point.up);
  }
  return [times, down, up];
}

const clockText = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
