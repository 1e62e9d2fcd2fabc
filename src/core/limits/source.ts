/**
 * Whom an IP address, as the system writes it, stands for where things are counted: an IPv4 address itself, also when it is written as
 * an IPv6 one, and of an IPv6 address its network of 64 bits, `2001:db8:0:1::/64`. Anything else stands for itself.
 */
export function sourceOf(address: string): string {
  const groups = groupsOf(address.replace(/%.*$/, ''));
  if (!groups) return address;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The 8 groups of an IPv6 address (RFC 4291, 2.2); undefined for what is none. */
function groupsOf(address: string): readonly number[] | undefined {
  if (!address.includes(':')) return undefined;
  const sides = address.replace(DOTTED, inGroups).split('::');
  if (sides.length > 2) return undefined;
  const [before, after] = sides.map((side) => (side === '' ? [] : side.split(':')));
  const missing = 8 - before!.length - (after?.length ?? 0);
  if (after ? missing < 0 : missing !== 0) return undefined;
  const texts = [...before!, ...Array<string>(missing).fill('0'), ...(after ?? [])];
  if (!texts.every((text) => /^[0-9a-f]{1,4}$/i.test(text))) return undefined;
  return texts.map((text) => Number.parseInt(text, 16));
}

const DOTTED = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

const inGroups = (_: string, a: string, b: string, c: string, d: string): string =>
  `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`;
