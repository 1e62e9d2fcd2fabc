import type { Address } from '../../core/address.ts';
import type { ContentId, NetworkId, PeerId } from '../../core/ids.ts';
import type { SmallContent } from '../../core/small-content.ts';
import type { SwarmMember } from '../../core/swarm-member.ts';

/**
 * The frames of the swarm protocol; `docs/protocol.md` has them byte by byte. A channel is a number that the asking side
 * gives to one content on one connection; the two sides number independently.
 */
export const FRAME = {
  hello: 0x01,
  interest: 0x02,
  holding: 0x03,
  manifestRequest: 0x04,
  manifest: 0x05,
  leavesRequest: 0x06,
  leaves: 0x07,
  request: 0x08,
  data: 0x09,
  cancel: 0x0a,
  reject: 0x0b,
  complaint: 0x0c,
  close: 0x0d,
  bye: 0x0e,
  proof: 0x0f,
  bitfield: 0x10,
  have: 0x11,
  askerBitfield: 0x12,
  askerHave: 0x13,
  claim: 0x14,
  unclaim: 0x15,
  instead: 0x16,
  seek: 0x17,
  members: 0x18,
  batch: 0x19,
} as const;

/** Bits of `features` in a hello. */
export const FEATURES = {
  /** Answers `batch`. */
  batch: 1,
} as const;

/** Why something asked for is not given. The number is the one on the wire. */
export const REJECT_REASONS = {
  /** The content is not shared here. */
  unknown: 1,
  /** The file changed since it was hashed. */
  changed: 2,
  /** The file cannot be read. */
  unreadable: 3,
  /** More channels or requests than the other side allows. */
  busy: 4,
  /** The request names what the content does not have. */
  invalid: 5,
} as const;
export type RejectReason = keyof typeof REJECT_REASONS;

/** Why a connection ends. */
export const BYE_REASONS = {
  /** Nothing more to do, or the daemon stops. */
  closing: 1,
  version: 2,
  network: 3,
  protocol: 4,
  busy: 5,
  /** The peer that answers is not the one that was dialled, or dials itself. */
  identity: 6,
  /** The other side is no member, or is none any more. */
  membership: 7,
} as const;
export type ByeReason = keyof typeof BYE_REASONS;

export interface HelloFrame {
  readonly type: 'hello';
  readonly protocol: number;
  /** Bit set of FEATURES; unknown bits are ignored. */
  readonly features: number;
  readonly network: NetworkId;
  readonly peer: PeerId;
  /** See `proof.ts`. */
  readonly proof: Uint8Array;
  /** Number of the newest list of revocations that the sender has (u32); what follows is reserved, read past. */
  readonly heads: Uint8Array;
}

export type ControlFrame =
  | HelloFrame
  /** The dialling side's proof of membership, right after the other side's hello. */
  | { readonly type: 'proof'; readonly proof: Uint8Array }
  /** I want this content; `channel` is what I call it from here on. */
  | {
      readonly type: 'interest';
      readonly channel: number;
      readonly content: ContentId;
      /** I take another leaf in place of one that I asked for, as `instead` says. */
      readonly takesInstead?: boolean;
    }
  /** It has `size` bytes, and I hold all of it; or only what bitfield and have frames tell. */
  | {
      readonly type: 'holding';
      readonly channel: number;
      readonly size: number;
      readonly whole: boolean;
    }
  | { readonly type: 'manifestRequest'; readonly channel: number; readonly page: number }
  | {
      readonly type: 'manifest';
      readonly channel: number;
      readonly page: number;
      readonly hashes: Uint8Array;
    }
  | { readonly type: 'leavesRequest'; readonly channel: number; readonly group: number }
  | { readonly type: 'leaves'; readonly channel: number; readonly group: number; readonly hashes: Uint8Array }
  | { readonly type: 'request'; readonly channel: number; readonly first: number; readonly count: number }
  | { readonly type: 'cancel'; readonly channel: number; readonly first: number; readonly count: number }
  /** `leaf` absent: the whole channel ends. */
  | {
      readonly type: 'reject';
      readonly channel: number;
      readonly leaf?: number | undefined;
      readonly reason: RejectReason;
      /** Who may give it instead. */
      readonly members?: readonly SwarmMember[];
    }
  /** The leaf that you sent is not what its hash says: look at your file again. */
  | { readonly type: 'complaint'; readonly channel: number; readonly leaf: number }
  /** I want nothing more on this channel. */
  | { readonly type: 'close'; readonly channel: number }
  | { readonly type: 'bye'; readonly reason: ByeReason; readonly text: string }
  /** Leaves of one page that the serving (`bitfield`) or the asking side has; only ever more of them. */
  | {
      readonly type: 'bitfield' | 'askerBitfield';
      readonly channel: number;
      readonly page: number;
      /** As in a Bitfield. */
      readonly bits: Uint8Array;
    }
  /** Neighbouring leaves that the serving (`have`) or the asking side has got since. */
  | {
      readonly type: 'have' | 'askerHave';
      readonly channel: number;
      readonly first: number;
      readonly count: number;
    }
  /** I have asked somebody for these leaves; or do so no more. */
  | {
      readonly type: 'claim' | 'unclaim';
      readonly channel: number;
      readonly first: number;
      readonly count: number;
    }
  /** The leaf `given` comes in place of the one that was asked for. */
  | { readonly type: 'instead'; readonly channel: number; readonly asked: number; readonly given: number }
  /** Who is in the swarm of this content? Where I have addresses here I am, and may be told to others. */
  | { readonly type: 'seek'; readonly content: ContentId; readonly addresses: readonly Address[] }
  | { readonly type: 'members'; readonly content: ContentId; readonly members: readonly SwarmMember[] }
  /** I want these contents of one leaf each, whole; on this channel their places in the list stand for leaves. */
  | { readonly type: 'batch'; readonly channel: number; readonly items: readonly SmallContent[] };
