import { medianRatio, type ScenarioResult } from '../results.ts';
import { box, COLOURS, drawing, label, line } from './svg.ts';

const WIDTH = 820;
const LEFT = 160;
const RIGHT = 60;
const BAR = 17;
const GAP = 14;
const TOP = 58;
const HEADING = 20;
/** Bars above this are cut, else the slowest would hide what the others differ by. */
const MOST = 4;

/** One bar for each contender in each scenario: times the fluid bound. */
export function barPlot(results: readonly ScenarioResult[]): string {
  const x = (ratio: number) => LEFT + (Math.min(ratio, MOST) / MOST) * (WIDTH - LEFT - RIGHT);
  const rows = results.flatMap((result) => result.entries.map(() => result)).length;
  const bottom = TOP + rows * (BAR + 3) + results.length * (GAP + HEADING);
  const title = 'Until the last has it, in multiples of the fluid bound';
  const parts = [label(12, 24, title, { kind: 'title' })];
  for (let tick = 0; tick <= MOST; tick += 0.5) {
    const kind = tick === 1 ? 'bound' : 'grid';
    parts.push(line([x(tick), TOP - 8], [x(tick), bottom], kind));
    parts.push(label(x(tick), TOP - 14, String(tick), { anchor: 'middle', kind: 'small' }));
  }
  let y = TOP;
  for (const { scenario, bound, entries } of results) {
    parts.push(label(12, y + BAR - 3, scenario.name, { kind: 'strong' }));
    y += HEADING;
    for (const [i, entry] of entries.entries()) {
      const ratio = medianRatio(entry, bound);
      if (ratio !== undefined) parts.push(box(LEFT, y, x(ratio) - LEFT, BAR, COLOURS[i % COLOURS.length]!));
      parts.push(label(LEFT - 8, y + BAR - 4, entry.name, { anchor: 'end', kind: 'small' }));
      const text = ratio === undefined ? 'not done' : ratio.toFixed(2);
      parts.push(label(x(ratio ?? 0) + 6, y + BAR - 4, text, { kind: 'small' }));
      y += BAR + 3;
    }
    y += GAP;
  }
  return drawing(title, WIDTH, bottom + 12, parts);
}
