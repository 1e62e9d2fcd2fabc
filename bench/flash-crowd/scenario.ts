/** Who takes part and over which links. Host 0 is the seed's, the others fetch. */
export interface Scenario {
  readonly name: string;
  /** Bits a second that each host may send. */
  readonly up: readonly number[];
  /** Bits a second that each host may receive. */
  readonly down: number;
}

const MEGABIT = 1_000_000;

/** Every uplink 100 Mbit/s, every downlink 400. */
export const equalCrowd = (fetchers: number): Scenario => ({
  name: `${fetchers} fetchers`,
  up: Array<number>(fetchers + 1).fill(100 * MEGABIT),
  down: 400 * MEGABIT,
});

/** The seed sends 50 Mbit/s, half of the fetchers 20, half 100. */
export const unequalCrowd = (fetchers: number): Scenario => ({
  name: `${fetchers} unequal fetchers`,
  up: [50, ...Array.from({ length: fetchers }, (_, i) => (i % 2 === 0 ? 20 : 100))].map((up) => up * MEGABIT),
  down: 400 * MEGABIT,
});

export const fetcherCount = ({ up }: Scenario): number => up.length - 1;

/** The numbers of the hosts that fetch. */
export const fetchersOf = (scenario: Scenario): number[] =>
  Array.from({ length: fetcherCount(scenario) }, (_, i) => i + 1);

/** Seconds below which nobody can bring `bytes` to all: the seed has to send them once, the slowest has to take them, all have to send all. */
export function fluidBound({ up, down }: Scenario, bytes: number): number {
  const fetchers = up.length - 1;
  const total = up.reduce((sum, rate) => sum + rate, 0);
  return bytes * 8 * Math.max(1 / up[0]!, 1 / down, fetchers / total);
}
