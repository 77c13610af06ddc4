/** Completes `http.tls`: absolute paths, the public address, and what no schema can say. */
import { LETS_ENCRYPT, type TlsConfig, type WrittenTls } from '../certificates/config.ts';
import { ConfigError } from '../errors.ts';

type From = (key: readonly string[], path: string) => string;

/** Null where nothing speaks TLS. Throws a ConfigError for what cannot be meant. */
export function completeTls(written: WrittenTls, from: From): TlsConfig | null {
  const { acme, files } = written;
  if (acme.domains.length === 0 && files.length === 0) return null;
  if (acme.domains.length > 0 && !acme.agree) {
    const whose = acme.directory === LETS_ENCRYPT ? 'https://letsencrypt.org/repository/' : acme.directory;
    throw new ConfigError(
      `http.tls.acme.agree must be true: it says that you agree to the terms of the authority (${whose})`,
    );
  }
  return {
    ...written,
    acme:
      acme.domains.length === 0
        ? null
        : {
            ...acme,
            domains: [...new Set(acme.domains.map((name) => name.toLowerCase()))],
            caFile: acme.caFile === null ? null : from(['http', 'tls', 'acme', 'caFile'], acme.caFile),
          },
    files: files.map(({ certFile, keyFile }) => ({
      certFile: from(['http', 'tls', 'files'], certFile),
      keyFile: from(['http', 'tls', 'files'], keyFile),
    })),
  };
}

/** Throws a ConfigError when links would lead past the encryption. */
export function publicUrlOf(written: string | null, port: number, tls: TlsConfig | null): string {
  if (tls === null) return written ?? `http://127.0.0.1:${port}`;
  if (written?.startsWith('http:')) {
    throw new ConfigError(`http.publicUrl is ${written}, but http.tls makes this server speak https`);
  }
  return written ?? `https://${tls.acme?.domains[0] ?? '127.0.0.1'}${port === 443 ? '' : `:${port}`}`;
}
