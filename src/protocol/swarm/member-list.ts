import type { Address } from '../../core/address.ts';
import { fromHex, toHex } from '../../core/ids.ts';
import type { SwarmMember } from '../../core/swarm-member.ts';
import { MAX_ADDRESSES, MAX_HOST_BYTES, MAX_MEMBERS } from './limits.ts';
import { malformed } from './malformed.ts';

const PEER_BYTES = 16;
/** What a name or an IP literal is made of; nothing of it reaches a terminal or a log by surprise. */
const HOST = /^[0-9A-Za-z_.:%-]+$/;

/** u8 count, then for each peer its id and its addresses. Past MAX_MEMBERS they are left out. */
export function encodeMembers(members: readonly SwarmMember[]): Buffer {
  const some = members.slice(0, MAX_MEMBERS);
  const parts = some.flatMap(({ peer, addresses }) => [fromHex(peer), encodeAddresses(addresses)]);
  return Buffer.concat([Buffer.of(some.length), ...parts]);
}

/** u8 count, then for each address u8 length and bytes of the host, u16 port. Those that do not fit are left out. */
export function encodeAddresses(addresses: readonly Address[]): Buffer {
  const some = addresses
    .filter(({ host, port }) => HOST.test(host) && host.length <= MAX_HOST_BYTES && port > 0)
    .slice(0, MAX_ADDRESSES);
  const parts = some.map(({ host, port }) => {
    const out = Buffer.allocUnsafe(1 + host.length + 2);
    out[0] = host.length;
    out.write(host, 1, 'latin1');
    out.writeUInt16LE(port, 1 + host.length);
    return out;
  });
  return Buffer.concat([Buffer.of(some.length), ...parts]);
}

/** Reads what stands from `at` on. Throws `failed` for what is none. */
export function decodeMembers(body: Buffer, at: number): SwarmMember[] {
  const reader = new Reader(body, at);
  const count = reader.count(MAX_MEMBERS);
  return Array.from({ length: count }, () => ({
    peer: toHex(reader.take(PEER_BYTES)),
    addresses: reader.addresses(),
  }));
}

export const decodeAddresses = (body: Buffer, at: number): Address[] => new Reader(body, at).addresses();

class Reader {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, at: number) {
    this.#body = body;
    this.#at = at;
  }

  take(bytes: number): Buffer {
    const end = this.#at + bytes;
    if (end > this.#body.byteLength) throw malformed('a list that is cut off');
    const taken = this.#body.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  count(most: number): number {
    const count = this.take(1)[0]!;
    if (count > most) throw malformed(`a list of ${count}`);
    return count;
  }

  addresses(): Address[] {
    return Array.from({ length: this.count(MAX_ADDRESSES) }, () => {
      const host = this.take(this.count(MAX_HOST_BYTES)).toString('latin1');
      const port = this.take(2).readUInt16LE(0);
      if (!HOST.test(host) || port === 0) throw malformed('an address that is none');
      return { host, port };
    });
  }
}
