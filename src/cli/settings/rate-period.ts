import { PeerdexError } from '../../core/errors.ts';
import type { RatePeriod } from '../../core/rate-schedule.ts';
import { parseRate } from '../units.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const EVERY_DAY = 0b1111111;
const HINT =
  'write for example "Mon-Fri 08:00-18:00 5MB/s", "Sat-Sun 00:00-24:00 unlimited" or "22:00-06:00 100Mbit/s"';

/** Reads `[DAY[-DAY][/DAY…]] HH:MM-HH:MM RATE`; without days it is every day. Throws `usage`. */
export function readRatePeriod(text: string): RatePeriod {
  const match = /^(?:([a-z/-]{3,40})\s+)?(\d\d?:\d\d)-(\d\d?:\d\d)\s+(\S+)$/i.exec(text.trim());
  if (!match) throw notA(text);
  const [, days, from, to, rate] = match;
  return {
    days: days === undefined ? EVERY_DAY : readDays(days, text),
    from: readMinute(from!, text),
    to: readMinute(to!, text),
    rate: parseRate(rate!),
  };
}

function readDays(text: string, whole: string): number {
  let days = 0;
  for (const part of text.toLowerCase().split('/')) {
    const [from, to, ...more] = part.split('-').map((day) => DAYS.indexOf(day));
    const last = to ?? from!;
    if (more.length > 0 || from! < 0 || last < 0) throw notA(whole);
    for (let day = from!; ; day = (day + 1) % DAYS.length) {
      days |= 1 << day;
      if (day === last) break;
    }
  }
  return days;
}

function readMinute(text: string, whole: string): number {
  const [hours, minutes] = text.split(':').map(Number) as [number, number];
  if (minutes > 59 || hours * 60 + minutes > 1440) throw notA(whole);
  return hours * 60 + minutes;
}

const notA = (text: string): PeerdexError =>
  new PeerdexError('usage', `not a time with a rate: ${JSON.stringify(text.slice(0, 80))}`, { hint: HINT });
