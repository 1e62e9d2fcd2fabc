import type { ReactNode } from 'react';
import { Button } from '../../parts/button.tsx';
import { type Draft, type DraftPeriod, rateOf, withPeriod } from './limit-draft.ts';

/** As the week begins where this is read most; a day's bit is its number with Sunday as 0. */
const DAYS = [
  ['Mon', 1],
  ['Tue', 2],
  ['Wed', 3],
  ['Thu', 4],
  ['Fri', 5],
  ['Sat', 6],
  ['Sun', 0],
] as const;
const MOST_PERIODS = 50;

interface LimitFormProps {
  readonly label: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** The usual rate of one way, and what it is at some times instead. */
export function LimitForm({ label, draft, onChange }: LimitFormProps): ReactNode {
  const change = (key: number, changed: Partial<DraftPeriod>) =>
    onChange({
      ...draft,
      periods: draft.periods.map((period) => (period.key === key ? { ...period, ...changed } : period)),
    });
  const drop = (key: number) =>
    onChange({ ...draft, periods: draft.periods.filter((period) => period.key !== key) });
  return (
    <div className="limit-form">
      <div className="form-row">
        <RateField
          label={`${label} in MB/s`}
          text={draft.usual}
          onChange={(usual) => onChange({ ...draft, usual })}
        />
        <Button
          label="Another at some times"
          icon="plus"
          disabled={draft.periods.length >= MOST_PERIODS}
          onPress={() => onChange(withPeriod(draft))}
        />
      </div>
      {draft.periods.map((period, n) => (
        <PeriodRow
          key={period.key}
          label={`${label}, time ${n + 1}`}
          period={period}
          onChange={(changed) => change(period.key, changed)}
          onDrop={() => drop(period.key)}
        />
      ))}
    </div>
  );
}

interface PeriodRowProps {
  readonly label: string;
  readonly period: DraftPeriod;
  readonly onChange: (changed: Partial<DraftPeriod>) => void;
  readonly onDrop: () => void;
}

function PeriodRow({ label, period, onChange, onDrop }: PeriodRowProps): ReactNode {
  const { days, from, to, rate } = period;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div className="limit-period" role="group" aria-label={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: likewise */}
      <div className="days" role="group" aria-label="Days">
        {DAYS.map(([name, day]) => {
          const bit = 1 << day;
          const isOn = (days & bit) !== 0;
          return (
            <button
              key={name}
              type="button"
              aria-pressed={isOn}
              onClick={() => onChange({ days: days ^ bit })}
            >
              {name}
            </button>
          );
        })}
      </div>
      <div className="form-row">
        <label className="field">
          From
          <input
            className="input"
            type="time"
            value={from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
        </label>
        <label className="field">
          Until
          <input
            className="input"
            type="time"
            value={to}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        </label>
        <RateField label="MB/s" text={rate} onChange={(changed) => onChange({ rate: changed })} />
        <Button label={`Remove ${label}`} icon="close" iconOnly kind="plain" onPress={onDrop} />
      </div>
    </div>
  );
}

interface RateFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function RateField({ label, text, onChange }: RateFieldProps): ReactNode {
  return (
    <label className="field rate-field">
      {label}
      <input
        className="input"
        inputMode="decimal"
        placeholder="no limit"
        autoComplete="off"
        value={text}
        aria-invalid={rateOf(text) === undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
