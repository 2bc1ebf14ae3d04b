import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM file.
 *
 * @throws Error when it cannot be read, holds none, or one that is damaged
 */
export function readCertificates(file: string): string[] {
  const certificates: string[] = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new Error('it holds no certificate in PEM format');
  for (const pem of certificates) new X509Certificate(pem);
  return certificates;
}
