import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';
import { equalBytes } from '../core/digest.ts';
import { PeerdexError } from '../core/errors.ts';
import { isPeerId, type NetworkId } from '../core/ids.ts';
import type { NetworkMode } from '../core/join-link.ts';
import { VERSION } from './version.ts';

/** What a backup of a registry holds. */
export interface BackupContents {
  readonly network: NetworkId;
  readonly mode: NetworkMode;
  /** PKCS #8, PEM. */
  readonly key: string;
  /** registry.db, a whole SQLite file. */
  readonly database: Uint8Array;
  /** The release that made it, where it says so. */
  readonly version?: string | undefined;
}

/** The first line of the file, behind the magic word. */
interface Header {
  readonly network: NetworkId;
  readonly mode: NetworkMode;
  /** ISO 8601. */
  readonly made: string;
  /** The release that made it; absent in the oldest. */
  readonly version?: string;
  readonly cipher: 'none' | 'aes-256-gcm';
  /** Of scrypt, and the nonce of AES-GCM; base64. With a cipher only. */
  readonly kdf?: { readonly N: number; readonly r: number; readonly p: number; readonly salt: string };
  readonly nonce?: string;
}

const MAGIC = 'peerdex-backup/1 ';
/** Of any version: a later one has its number here and a line of JSON behind it too. */
const ANY_MAGIC = /^peerdex-backup\/(\d{1,9}) /;
const DIGEST_BYTES = 32;
const TAG_BYTES = 16;
const MAX_HEADER = 1024;
/** scrypt: 128 MiB and some 0.3 s for each guess. */
const KDF = { N: 2 ** 17, r: 8, p: 1 };
/** Most that a file may ask for: 1 GiB. */
const MOST_KDF = { N: 2 ** 20, r: 8, p: 4 };

/**
 * The bytes of a backup file: `peerdex-backup/1 `, a header in JSON, a newline, the payload, the SHA-256 of all before. The payload is
 * the key's length (4 bytes, little-endian), the key, the database; with a passphrase all that by AES-256-GCM, its tag behind it, the
 * line before it as additional data.
 */
export function writeBackup(
  { network, mode, key, database }: Omit<BackupContents, 'version'>,
  made: string,
  passphrase: string | undefined,
): Buffer {
  const pem = Buffer.from(key);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(pem.byteLength);
  const plain = Buffer.concat([length, pem, database]);
  if (passphrase === undefined)
    return sealed(headerLine({ network, mode, made, version: VERSION, cipher: 'none' }), plain);
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const kdf = { ...KDF, salt: salt.toString('base64') };
  const line = headerLine({
    network,
    mode,
    made,
    version: VERSION,
    cipher: 'aes-256-gcm',
    kdf,
    nonce: nonce.toString('base64'),
  });
  const cipher = createCipheriv('aes-256-gcm', derive(passphrase, kdf), nonce).setAAD(line);
  return sealed(line, cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

/** What a backup file says of itself: whose it is and whether it wants a passphrase. Throws `verification` when it is none, or damaged. */
export function inspectBackup(bytes: Uint8Array): {
  readonly network: NetworkId;
  readonly encrypted: boolean;
} {
  const { header } = open(bytes);
  return { network: header.network, encrypted: header.cipher !== 'none' };
}

/**
 * What a backup file holds. Throws `verification` for a damaged file, `unauthorized` for a wrong passphrase, `usage` when one is
 * wanted and none is given.
 */
export function readBackup(bytes: Uint8Array, passphrase: string | undefined): BackupContents {
  const { header, line, body } = open(bytes);
  const plain = header.cipher === 'none' ? body : decrypted(header, line, body, passphrase);
  const length = plain.byteLength < 4 ? Number.POSITIVE_INFINITY : plain.readUInt32LE(0);
  if (4 + length > plain.byteLength) throw damaged('it is too short');
  return {
    network: header.network,
    mode: header.mode,
    version: header.version,
    key: plain.subarray(4, 4 + length).toString(),
    database: plain.subarray(4 + length),
  };
}

const headerLine = (header: Header): Buffer => Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`);

function sealed(...parts: readonly Uint8Array[]): Buffer {
  const all = Buffer.concat(parts);
  return Buffer.concat([all, sha256(all)]);
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

interface Opened {
  readonly header: Header;
  readonly line: Buffer;
  readonly body: Buffer;
}

function open(given: Uint8Array): Opened {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (!bytes.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) {
    refuseNewerBackup(bytes);
    throw new PeerdexError('verification', 'this is not a backup of a peerdex registry');
  }
  const end = bytes.byteLength - DIGEST_BYTES;
  const newline = bytes.subarray(0, MAX_HEADER).indexOf('\n');
  if (newline < 0 || newline >= end) throw damaged('it is cut off');
  if (!equalBytes(sha256(bytes.subarray(0, end)), bytes.subarray(end)))
    throw damaged('its checksum is another one');
  const line = bytes.subarray(0, newline + 1);
  return {
    header: readHeader(line.subarray(MAGIC.length).toString()),
    line,
    body: bytes.subarray(newline + 1, end),
  };
}

function refuseNewerBackup(bytes: Buffer): void {
  const line = bytes.subarray(0, MAX_HEADER).toString().split('\n', 1)[0]!;
  const [magic, number] = ANY_MAGIC.exec(line) ?? [];
  if (magic === undefined || Number(number) <= 1) return;
  let by: unknown;
  try {
    by = (JSON.parse(line.slice(magic.length)) as { version?: unknown } | null)?.version;
  } catch {
    // Then it does not say.
  }
  throw newerBackup(typeof by === 'string' ? by : undefined);
}

/** `by`: the release that made it, where it says so. */
export function newerBackup(by?: string): PeerdexError {
  const writer = by === undefined ? 'a newer peerdex' : `peerdex ${by.slice(0, 64)}`;
  return new PeerdexError(
    'unsupported',
    `this backup was made by ${writer}, which is newer than this one, ${VERSION}`,
    { hint: `restore it with ${writer}` },
  );
}

function readHeader(text: string): Header {
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(text) as Partial<Header> | null;
  } catch {
    throw damaged('its first line cannot be read');
  }
  const { cipher, kdf } = header ?? {};
  const isGood =
    header !== null &&
    ['undefined', 'string'].includes(typeof header.version) &&
    isPeerId(header.network) &&
    (header.mode === 'tls' || header.mode === 'plaintext') &&
    (cipher === 'none' ||
      (cipher === 'aes-256-gcm' &&
        typeof header.nonce === 'string' &&
        typeof kdf?.salt === 'string' &&
        (['N', 'r', 'p'] as const).every(
          (name) => Number.isSafeInteger(kdf[name]) && kdf[name] >= 1 && kdf[name] <= MOST_KDF[name],
        )));
  if (!isGood) throw damaged('its first line makes no sense');
  return header as Header;
}

function decrypted(
  { kdf, nonce }: Header,
  line: Buffer,
  body: Buffer,
  passphrase: string | undefined,
): Buffer {
  if (passphrase === undefined) {
    throw new PeerdexError('usage', 'this backup is encrypted and wants its passphrase', {
      hint: 'give it in the environment as PEERDEX_PASSPHRASE, or on standard input',
    });
  }
  const split = body.byteLength - TAG_BYTES;
  if (split < 0) throw damaged('it is too short');
  try {
    const cipher = createDecipheriv('aes-256-gcm', derive(passphrase, kdf!), Buffer.from(nonce!, 'base64'), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(line).setAuthTag(body.subarray(split));
    return Buffer.concat([cipher.update(body.subarray(0, split)), cipher.final()]);
  } catch (cause) {
    throw new PeerdexError('unauthorized', 'the passphrase of this backup is another one', {
      hint: 'the file itself is whole, as far as its checksum tells',
      cause,
    });
  }
}

function derive(passphrase: string, { N, r, p, salt }: NonNullable<Header['kdf']>): Buffer {
  const maxmem = 256 * N * r + 2 ** 20;
  return scryptSync(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem });
}

const damaged = (why: string): PeerdexError =>
  new PeerdexError('verification', `this backup is damaged: ${why}`, { hint: 'take another copy of it' });
