// biome-ignore-all lint/a11y/noStaticElementInteractions: the picture is one image; the list has the same peers for keys and screen readers
// biome-ignore-all lint/a11y/useKeyWithClickEvents: likewise
import { type ReactNode, useMemo, useRef } from 'react';
import type { PeerRow } from '../../../protocol/http/local/index-rows.ts';
import type { Rows } from '../../api/live.ts';
import { formatCount, formatNumber } from '../../format/amounts.ts';
import { useSize } from '../../parts/use-size.ts';
import { MOST_NODES, type NetworkLayout, type NetworkNode, networkLayout } from './network-layout.ts';
import { lineOf, type PeerState, type Traffic } from './peer-states.ts';

interface NetworkPictureProps {
  readonly peers: Rows<PeerRow>;
  readonly traffic: Traffic;
  readonly selected: string | undefined;
  readonly onOpen: (peer: PeerRow) => void;
}

/** This peer and those around it; lines are as wide as what goes over them is fast. */
export function NetworkPicture({ peers, traffic, selected, onOpen }: NetworkPictureProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const layout = useMemo(() => size && networkLayout(peers.values(), traffic, size), [peers, traffic, size]);
  return (
    <div className="network">
      <div className="network-frame" ref={frame}>
        {size && layout && (
          <svg
            width={size.width}
            height={size.height}
            role="img"
            aria-label={`${wordsOf(layout)}. The list has all of them.`}
          >
            {layout.nodes.map((node) => (
              <Lines key={node.peer.id} node={node} center={layout.center} />
            ))}
            {layout.nodes.map((node) => (
              <Dot
                key={node.peer.id}
                node={node}
                isSelected={node.peer.id === selected}
                onOpen={() => onOpen(node.peer)}
              />
            ))}
            {layout.nodes.map((node) => (
              <Name key={node.peer.id} node={node} />
            ))}
            <circle
              className="network-dot"
              data-state="self"
              cx={layout.center.x}
              cy={layout.center.y}
              r={9}
            />
            <text className="network-name" x={layout.center.x} y={layout.center.y + 26} textAnchor="middle">
              this peer
            </text>
          </svg>
        )}
      </div>
      {layout && (
        <div className="network-legend">
          <p>{wordsOf(layout)}</p>
          <ul aria-hidden="true">
            {LEGEND.map(([state, text]) => (
              <li key={state}>
                <svg width="12" height="12" aria-hidden="true">
                  <circle className="network-dot" data-state={state} cx="6" cy="6" r="4.5" />
                </svg>
                {text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const LEGEND: readonly (readonly [PeerState, string])[] = [
  ['gives', 'gives to this peer'],
  ['gets', 'gets from it'],
  ['both', 'both'],
  ['rest', 'at rest'],
  ['empty', 'shares nothing'],
];
const LONGEST_NAME = 16;

/** One line for each direction, side by side. */
function Lines({
  node,
  center,
}: {
  readonly node: NetworkNode;
  readonly center: NetworkLayout['center'];
}): ReactNode {
  const { traffic, x, y } = node;
  const length = Math.hypot(x - center.x, y - center.y) || 1;
  const aside = node.state === 'both' ? 3 : 0;
  const [dx, dy] = [((y - center.y) / length) * aside, ((center.x - x) / length) * aside];
  const line = (state: 'gives' | 'gets', rate: number, side: number) =>
    rate > 0 && (
      <line
        className="network-line"
        data-state={state}
        x1={center.x + dx * side}
        y1={center.y + dy * side}
        x2={x + dx * side}
        y2={y + dy * side}
        strokeWidth={widthOf(rate)}
      />
    );
  return (
    <>
      {line('gives', traffic?.down ?? 0, 1)}
      {line('gets', traffic?.up ?? 0, -1)}
    </>
  );
}

function Dot({
  node: { peer, traffic, state, x, y, radius },
  isSelected,
  onOpen,
}: {
  readonly node: NetworkNode;
  readonly isSelected: boolean;
  readonly onOpen: () => void;
}): ReactNode {
  return (
    <g className="network-peer" onClick={onOpen}>
      <title>{`${peer.name}: ${lineOf(peer, traffic)}`}</title>
      <circle className="network-dot" data-state={state} cx={x} cy={y} r={radius} />
      {isSelected && <circle className="network-ring" cx={x} cy={y} r={radius + 4} />}
    </g>
  );
}

function Name({ node: { peer, x, y, radius, label } }: { readonly node: NetworkNode }): ReactNode {
  if (!label) return null;
  const aside = { start: radius + 5, middle: 0, end: -radius - 5 };
  return (
    <text
      className="network-name"
      x={x + aside[label]}
      y={label === 'middle' ? y + radius + 14 : y + 4}
      textAnchor={label}
    >
      {peer.name.length > LONGEST_NAME ? `${peer.name.slice(0, LONGEST_NAME - 1)}…` : peer.name}
    </text>
  );
}

function wordsOf({ nodes, others }: NetworkLayout): string {
  const count = (...states: PeerState[]) => nodes.filter(({ state }) => states.includes(state)).length;
  const drawn =
    others > MOST_NODES
      ? `The ${formatNumber(nodes.length)} busiest of ${formatNumber(others)} other peers`
      : formatCount(others, 'other peer');
  const giving = formatNumber(count('gives', 'both'));
  return `${drawn}; giving to this one: ${giving}, getting from it: ${formatNumber(count('gets', 'both'))}`;
}

/** Pixels: one for little, seven for a gigabit. */
const widthOf = (rate: number): number => 1 + Math.min(6, Math.log2(1 + rate / 200_000) * 0.65);
