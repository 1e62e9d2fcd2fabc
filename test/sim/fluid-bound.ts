/** Bytes and bytes a millisecond; `joinsAt` in milliseconds. */
export interface FluidPeer {
  readonly up: number;
  readonly down: number;
  readonly joinsAt: number;
}

/** Milliseconds in which no protocol can bring `size` bytes from a seed to all who start with it. */
export function fluidBound(size: number, seedUp: number, peers: readonly FluidPeer[]): number {
  const allUp = peers.reduce((sum, { up }) => sum + up, seedUp);
  const leastDown = Math.min(...peers.map(({ down }) => down));
  return Math.max(size / seedUp, size / leastDown, (peers.length * size) / allUp);
}

/**
 * When each peer has everything if all uplinks are shared evenly among those who still want something, in milliseconds after it
 * joined: the measure for those who come late. The seed's own pace bounds the first comers.
 */
export function fluidFinishes(size: number, seedUp: number, peers: readonly FluidPeer[]): number[] {
  const got = peers.map(() => 0);
  const finish = peers.map(() => Number.POSITIVE_INFINITY);
  const step = Math.max(1, size / seedUp / 5000);
  for (let now = 0; finish.some((at) => at === Number.POSITIVE_INFINITY); now += step) {
    const here = peers.map((peer, i) => ({ peer, i })).filter(({ peer }) => peer.joinsAt <= now);
    const wanting = here.filter(({ i }) => finish[i] === Number.POSITIVE_INFINITY);
    const share = here.reduce((sum, { peer }) => sum + peer.up, seedUp) / Math.max(1, wanting.length);
    const injected = Math.min(size, seedUp * (now + step));
    for (const { peer, i } of wanting) {
      got[i] = Math.min(injected, got[i]! + Math.min(share, peer.down) * step);
      if (got[i]! >= size * (1 - 1e-9)) finish[i] = now + step - peer.joinsAt;
    }
  }
  return finish;
}
