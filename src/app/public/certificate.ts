import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Address } from '../../core/address.ts';
import { PeerdexError } from '../../core/errors.ts';

/** A certificate that browsers know, and its key. */
export interface Certificate {
  /** PEM: the certificate and those up to its authority's. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
  readonly first: X509Certificate;
}

/** Reads both files. Throws `usage` when one cannot be read, holds something else, or the two do not belong together. */
export function readCertificate(files: { readonly chain: string; readonly key: string }): Certificate {
  const chain = read(files.chain, 'certificate');
  const key = read(files.key, 'key');
  let first: X509Certificate;
  let privateKey: KeyObject;
  try {
    first = new X509Certificate(chain);
  } catch (cause) {
    throw new PeerdexError('usage', `${files.chain} holds no certificate in PEM`, { cause });
  }
  try {
    privateKey = createPrivateKey(key);
  } catch (cause) {
    throw new PeerdexError('usage', `${files.key} holds no private key in PEM, or one with a password`, {
      cause,
    });
  }
  if (!first.checkPrivateKey(privateKey)) {
    throw new PeerdexError(
      'usage',
      `the key in ${files.key} is not that of the certificate in ${files.chain}`,
      {
        hint: 'in a file with several certificates the own one comes first',
      },
    );
  }
  try {
    createSecureContext({ cert: chain, key });
  } catch (cause) {
    throw new PeerdexError('usage', `${files.chain} cannot be served: ${(cause as Error).message}`, {
      cause,
    });
  }
  return { chain, key, first };
}

/**
 * Where links say that they are served with this certificate: those of `addresses` that it is for, else the first name in it, at
 * their port; `addresses` themselves where it has none.
 */
export function certifiedAddresses(
  addresses: readonly Address[],
  { first }: Certificate,
): readonly Address[] {
  const fitting = addresses.filter(({ host }) => (isIP(host) ? first.checkIP(host) : first.checkHost(host)));
  if (fitting.length > 0) return fitting;
  const name = /(?:^|, )DNS:([^*,\s"]+)/.exec(first.subjectAltName ?? '')?.[1];
  return name === undefined ? addresses : [{ host: name, port: addresses[0]!.port }];
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PeerdexError('usage', `cannot read the ${what} file ${file}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
