/** Milliseconds. */
export interface SwarmTimes {
  /** For a connection and its hello. */
  readonly dial: number;
  /** For the hello of somebody who has connected. */
  readonly hello: number;
  /** After which a dialled connection is closed that nothing is asked over. */
  readonly idle: number;
  /** After which a connection is closed whose other side takes nothing of what waits for it. */
  readonly stalled: number;
  /** After which a connection is closed over which nothing went either way. */
  readonly quiet: number;
  /** Between two looks at all connections. */
  readonly sweep: number;
}

export const TIMES: SwarmTimes = {
  dial: 5_000,
  hello: 10_000,
  idle: 60_000,
  stalled: 20_000,
  quiet: 180_000,
  sweep: 10_000,
};
