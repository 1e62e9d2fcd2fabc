import { PLAINTEXT_NOTE } from '../daemons/screens.ts';
import { escapeText } from '../output/escape.ts';
import type { MenuSession } from './session.ts';

/** Input 1: registers with the registry, starting a peer where none runs and asking for a join link where none is known. */
export async function register(session: MenuSession): Promise<void> {
  const client = await session.clientOrStart();
  if (!client) return;
  let { network, peer } = await client.status();
  if (network.id === null) {
    const link = await session.askLink();
    if (!link) return;
    await client.join({ body: { link } }, { timeoutMs: 20_000 });
    ({ network, peer } = await client.status());
  }
  const who = `${escapeText(peer.name)} at ${escapeText(peer.address)}`;
  if (network.registered) session.say(`registered as ${who}`);
  else session.say(`not registered yet: ${escapeText(network.reason ?? 'the registry has not answered')}`);
  if (network.mode === 'plaintext') session.say(PLAINTEXT_NOTE);
}
