import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import { idOfPublicKey, type PeerId } from '../../core/ids.ts';
import type { Signer } from '../../core/ports/signing.ts';
import { signWith } from './ecdsa.ts';

/** The key of a peer, or of a network: the two are made alike. */
export interface KeyFile extends Signer {
  /** PKCS #8, PEM: what a TLS server is given. */
  readonly pem: string;
}

/**
 * The ECDSA P-256 key in `file` (PKCS #8, PEM, mode 0600), made when there is none. A key that is there is never replaced: `failed`
 * when it cannot be read or is of another kind.
 */
export function openKeyFile(file: string): KeyFile {
  return keyOf(read(file) ?? make(file), file);
}

/**
 * Puts a key that was kept elsewhere where there is none. Throws `verification` when it is not the key that `id` was made from,
 * `conflict` when there is one already.
 */
export function placeKeyFile(file: string, pem: string, id: PeerId): KeyFile {
  const key = keyOf(pem, file);
  if (key.id !== id)
    throw new PeerdexError('verification', `this is another key than that of ${id}: its id is ${key.id}`);
  if (place(file, pem)) return key;
  throw new PeerdexError('conflict', `there is a key already in ${file}`);
}

function keyOf(pem: string, file: string): KeyFile {
  let privateKey: KeyObject;
  let publicKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
    publicKey = createPublicKey(privateKey);
  } catch (cause) {
    throw broken(file, 'it is not a private key in PEM', cause);
  }
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw broken(file, 'its key is not of the kind P-256');
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return { id: idOfPublicKey(spki), publicKey: spki, pem, sign: signWith(privateKey) };
}

function read(file: string): string | undefined {
  try {
    const pem = readFileSync(file, 'utf8');
    chmodSync(file, 0o600);
    return pem;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw asPeerdexError(error, `cannot read the key file ${file}`);
  }
}

function make(file: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return place(file, pem) ? pem : readFileSync(file, 'utf8');
}

/** False when there is a key already, which is never replaced. */
function place(file: string, pem: string): boolean {
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    writeDurably(fresh, pem);
    // Linking, unlike renaming, never replaces a key that somebody made meanwhile.
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw asPeerdexError(error, `cannot write the key file ${file}`);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const broken = (file: string, why: string, cause?: unknown): PeerdexError =>
  new PeerdexError('failed', `the key file ${file} cannot be used: ${why}`, {
    cause,
    hint: 'put the right file back; without it this data folder would become somebody else',
  });
