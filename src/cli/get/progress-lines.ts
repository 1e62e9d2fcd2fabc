import path from 'node:path';
import { escapeText } from '../output/escape.ts';
import { humanCount, humanRate, humanSeconds, humanSize } from '../output/human.ts';
import { shorten, textWidth } from '../output/width.ts';
import type { EventOf } from './follow.ts';

export type Progress = EventOf<'progress'>;

const MOST_BARS = 5;
const NARROWEST_BAR = 10;
const WIDEST_BAR = 30;

/** A bar for each file on its way, as many as fit in a few lines of `width` columns. */
export function progressBars(running: readonly Progress[], width: number): string[] {
  const shown = running.slice(0, MOST_BARS);
  const rest = running.length - shown.length;
  return [
    ...shown.map((progress) => barLine(progress, width - 1)),
    ...(rest > 0 ? [shorten(`and ${humanCount(rest, 'more file')}`, width - 1)] : []),
  ];
}

/** One calm line for what is not a terminal. */
export function progressText(progress: Progress): string {
  return `${nameOf(progress)}: ${percent(progress)} of ${humanSize(progress.size)}, ${stateText(progress)}`;
}

function barLine(progress: Progress, width: number): string {
  const state = stateText(progress);
  const share = `${percent(progress).padStart(5)} `;
  const room = width - share.length - textWidth(state) - 4;
  const bar = Math.min(WIDEST_BAR, Math.max(NARROWEST_BAR, Math.floor(room / 2)));
  const name = shorten(nameOf(progress), Math.max(8, room - bar));
  const full = Math.floor(bar * fraction(progress));
  return shorten(`${name} [${'='.repeat(full)}${' '.repeat(bar - full)}]${share}${state}`, width);
}

function stateText({ rate, sources, size, bytes, reason }: Progress): string {
  if (reason !== undefined && rate === 0) return escapeText(reason);
  const left =
    rate > 0 ? `${humanSeconds(Math.ceil((size - bytes) / rate)).replace('.00', '')} left` : 'waiting';
  return `${humanRate(rate)}, ${left}, ${humanCount(sources, 'source')}`;
}

const nameOf = (progress: Progress): string => escapeText(path.basename(progress.path));
const fraction = ({ bytes, size }: Progress): number => (size > 0 ? Math.min(1, bytes / size) : 0);
const percent = (progress: Progress): string => `${Math.floor(fraction(progress) * 100)} %`;
