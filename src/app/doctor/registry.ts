import type { IncomingMessage } from 'node:http';
import { type Address, formatAddress } from '../../core/address.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { JoinLink } from '../../core/join-link.ts';
import { fitsSchema } from '../../network/http/validate.ts';
import { request } from '../../network/node-http.ts';
import { agentFor } from '../../network/wire/agent.ts';
import type { Wire } from '../../network/wire/wire.ts';
import { NetworkInfo, registryOperations } from '../../protocol/http/registry/operations.ts';
import type { Static } from '../../protocol/schema.ts';
import { PROTOCOL_VERSION, versionMismatch } from '../../protocol/version.ts';
import { VERSION } from '../version.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const ANSWER_MS = 5000;
const MOST_BYTES = 64 * 1024;
const CLOCK_WARN_SECONDS = 30;
const CLOCK_FAIL_SECONDS = 3600;

/** Whether the registry of a join link answers, at which of its addresses, in which version, and what time it has. */
export async function checkRegistry(
  link: JoinLink | undefined,
  wire: () => Promise<Wire>,
): Promise<readonly Finding[]> {
  if (!link) return [warn('registry', 'this peer has not joined a network', 'join one: `peerdex join LINK`')];
  const own = await wire();
  const tries = await Promise.all(link.addresses.map((address) => tryOne(address, link, own)));
  const answered = tries.filter((one) => 'info' in one);
  const silent = tries.flatMap((one) => ('error' in one ? [one] : []));
  const [best] = answered;
  if (!best) {
    const why = silent.map(({ error }) => error.message).join('; ');
    const todo = silent.find(({ error }) => error.hint)?.error.hint;
    return [
      fail(
        'registry',
        `the registry does not answer: ${why}`,
        todo ?? 'is it running, and does a firewall let its port through?',
      ),
    ];
  }
  const findings = [ok('registry', `the registry answers at ${formatAddress(best.address)}`)];
  for (const { address, error } of silent) {
    findings.push(
      warn(
        'registry',
        `it does not answer at ${formatAddress(address)}: ${error.message}`,
        'other addresses of it answer; a new join link leaves this one out',
      ),
    );
  }
  return [...findings, versionFinding(best.info), clockFinding(best.aheadSeconds)];
}

type Tried =
  | { readonly address: Address; readonly info: Static<typeof NetworkInfo>; readonly aheadSeconds: number }
  | { readonly address: Address; readonly error: PeerdexError };

async function tryOne(address: Address, { network, mode }: JoinLink, wire: Wire): Promise<Tried> {
  const agent = agentFor(wire, network, { maxSockets: 1, dialMs: ANSWER_MS });
  try {
    const began = Date.now();
    const { body, date } = await getJson(address, registryOperations.network.path, agent);
    const ours = (began + Date.now()) / 2;
    if (!fitsSchema(NetworkInfo, body))
      throw new PeerdexError('failed', `what answers at ${formatAddress(address)} is no registry`);
    const info = body as Static<typeof NetworkInfo>;
    if (info.id !== network || info.mode !== mode) {
      throw new PeerdexError('conflict', `at ${formatAddress(address)} is the registry of another network`, {
        hint: 'ask for a new join link',
      });
    }
    // The header tells whole seconds, cut off.
    return { address, info, aheadSeconds: (ours - (date + 500)) / 1000 };
  } catch (error) {
    return { address, error: asPeerdexError(error, `no answer at ${formatAddress(address)}`) };
  } finally {
    agent.destroy();
  }
}

function versionFinding({ protocol, version }: Static<typeof NetworkInfo>): Finding {
  const todo = 'update the older of the two';
  if (protocol !== PROTOCOL_VERSION) return fail('version', versionMismatch('the registry', protocol), todo);
  if (version === VERSION) return ok('version', `the registry runs the same version, ${VERSION}`);
  return warn(
    'version',
    `the registry runs version ${version}, this is ${VERSION}; they understand each other`,
    `${todo} when it suits`,
  );
}

function clockFinding(aheadSeconds: number): Finding {
  const off = Math.abs(aheadSeconds);
  if (off < CLOCK_WARN_SECONDS) return ok('clock', "this machine's clock agrees with the registry's");
  const text = `this machine's clock is ${Math.round(off)} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} the registry's`;
  const todo =
    'set both by NTP (`timedatectl set-ntp true`): memberships, links and times in listings go by them';
  return off < CLOCK_FAIL_SECONDS ? warn('clock', text, todo) : fail('clock', text, todo);
}

/** `date`: of the answer, milliseconds since 1970. */
function getJson(
  { host, port }: Address,
  path: string,
  agent: ReturnType<typeof agentFor>,
): Promise<{ readonly body: unknown; readonly date: number }> {
  const headers = {
    host: formatAddress({ host: host.replace(/%.*$/, ''), port }),
    accept: 'application/json',
  };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const asked = request({ host, port, path, headers, agent, signal }, (response) => {
      readBody(response)
        .then((text) => {
          const date = Date.parse(response.headers.date ?? '');
          if (response.statusCode !== 200 || Number.isNaN(date))
            throw new PeerdexError('failed', 'it is no registry');
          resolve({ body: JSON.parse(text), date });
        })
        .catch(reject);
    });
    asked.once('error', reject).end();
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BYTES) throw new PeerdexError('failed', 'it answers too much for a registry');
  }
  return text;
}
