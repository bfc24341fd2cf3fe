/** A certificate for tests of TLS, made when it is needed: no key lies in the repository, and none runs out. X.509 (RFC 5280) in DER. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Signed by itself, valid from yesterday to tomorrow, for one host name. */
export function selfSignedCertificate(host: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // ecdsa-with-SHA256, commonName, subjectAltName.
  const algorithm = sequence(bytes(0x06, '2a8648ce3d040302'));
  const name = sequence(tagged(0x31, sequence(bytes(0x06, '550403'), tagged(0x0c, Buffer.from(host)))));
  const altName = sequence(tagged(0x82, Buffer.from(host)));
  const extensions = sequence(sequence(bytes(0x06, '551d11'), tagged(0x04, altName)));
  const day = 86_400_000;
  const body = sequence(
    tagged(0xa0, bytes(0x02, '02')),
    bytes(0x02, '01'),
    algorithm,
    name,
    sequence(time(Date.now() - day), time(Date.now() + day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const der = sequence(body, algorithm, signature);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tagged(0x18, Buffer.from(text));
}

function bytes(tag: number, hex: string): Buffer {
  return tagged(tag, Buffer.from(hex, 'hex'));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
