import type { RegistryCare } from '../app/registry-local/registry-care.ts';
import { createClient } from '../network/http/client.ts';
import { registryLocalOperations } from '../protocol/http/registry-local/operations.ts';
import { reachLocalApi } from './daemon.ts';
import { registryFolder } from './data-folders.ts';
import type { Invocation } from './invocation.ts';

/**
 * The care of the network in this call's data folder: through the registry when it runs, else in the folder itself, which is locked
 * until the care is disposed of. Throws `not-found` where there is no registry.
 */
export async function openCare(invocation: Invocation): Promise<RegistryCare & Disposable> {
  const data = registryFolder(invocation);
  const reached = await reachLocalApi(data, 'registry');
  if (!reached) {
    const { openRegistryCare } = await import('../app/registry-local/open-registry-care.ts');
    return openRegistryCare(data);
  }
  const { way, token } = reached;
  const client = createClient(registryLocalOperations, { ...way, token, name: 'the registry' });
  return {
    invite: (body) => client.invite({ body }),
    invites: () => client.invites(),
    revoke: (body) => client.revoke({ body }),
    [Symbol.dispose]() {},
  };
}
