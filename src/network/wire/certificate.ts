import { createPrivateKey, sign } from 'node:crypto';
import type { PeerId } from '../../core/ids.ts';

/** A P-256 key of a peer or a network. */
export interface CertifiedKey {
  readonly id: PeerId;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** PKCS #8, PEM. */
  readonly pem: string;
}

/**
 * An X.509 certificate (RFC 5280, 4.1) that the key signs for itself, in PEM. It has no extensions and no authority, because only its
 * key is looked at, and begins and ends so far off that no clock disagrees.
 */
export function certificateFor({ id, publicKey, pem }: CertifiedKey): string {
  const name = sequence(der(SET, sequence(COMMON_NAME, der(UTF8_STRING, Buffer.from(id)))));
  const signed = sequence(
    VERSION_3,
    der(INTEGER, Buffer.of(1)),
    ECDSA_WITH_SHA256,
    name,
    sequence(
      der(UTC_TIME, Buffer.from('700101000000Z')),
      der(GENERALIZED_TIME, Buffer.from('99991231235959Z')),
    ),
    name,
    publicKey,
  );
  const signature = sign('sha256', signed, createPrivateKey(pem));
  const certificate = sequence(signed, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.of(0), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;

const VERSION_3 = der(VERSION, der(INTEGER, Buffer.of(2)));
/** 2.5.4.3 */
const COMMON_NAME = der(OBJECT_IDENTIFIER, Buffer.of(0x55, 0x04, 0x03));
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = sequence(
  der(OBJECT_IDENTIFIER, Buffer.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
);

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(SEQUENCE, ...parts);
}

/** One value in the distinguished encoding (X.690, 8.1): its tag, its length in as few bytes as will do, its content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
