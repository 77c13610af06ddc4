/**
 * Certificates in files of the operator, read again when they change: by their content, because tools that renew put a new file
 * or a new link in the place of the old one. What cannot be used is said, and the former one stays.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { ConfigError, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { CertificateFiles } from './config.ts';
import { type UsableCertificate, usable } from './read-certificate.ts';

export interface WatchedFiles {
  files: CertificateFiles;
  current(): UsableCertificate;
  /** Why what is in the files now is not used; null when it is. */
  error(): string | null;
  /** Reads them again at once. */
  check(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 10_000;

interface Parts {
  clock: Clock;
  log: Logger;
  /** Told when there is another certificate. */
  onChange(): void;
}

/** Throws a ConfigError when there is no usable certificate in them; `where` is the key that names them. */
export function watchFiles(files: CertificateFiles, where: string, { clock, log, onChange }: Parts): WatchedFiles {
  let current = firstOf(files, where);
  let error: string | null = null;
  let isStopped = false;
  let cancel = clock.after(EVERY_MS, checkLater);
  return {
    files,
    current: () => current,
    error: () => error,
    check,
    stop() {
      isStopped = true;
      cancel();
    },
  };

  function checkLater(): void {
    void check().finally(() => {
      if (!isStopped) cancel = clock.after(EVERY_MS, checkLater);
    });
  }

  async function check(): Promise<void> {
    try {
      const [cert, key] = await Promise.all([readFile(files.certFile, 'utf8'), readFile(files.keyFile, 'utf8')]);
      if (cert === current.cert && key === current.key) {
        error = null;
        return;
      }
      current = usable({ cert, key });
      error = null;
      log.info({ names: current.names, file: files.certFile }, 'A certificate was read again');
      onChange();
    } catch (fault) {
      // Half of a pair that is being replaced is whole at the next look.
      const reason = messageOf(fault);
      if (error !== reason)
        log.warn({ file: files.certFile, reason }, 'A certificate cannot be used; the former one stays');
      error = reason;
    }
  }
}

function firstOf(files: CertificateFiles, where: string): UsableCertificate {
  try {
    return usable({ cert: readFileSync(files.certFile, 'utf8'), key: readFileSync(files.keyFile, 'utf8') });
  } catch (error) {
    throw new ConfigError(`${where}: ${files.certFile} and ${files.keyFile} cannot be used: ${messageOf(error)}`);
  }
}
