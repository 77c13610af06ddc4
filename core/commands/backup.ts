/** `patchbay backup FILE`: a backup beside a running server or without one. It never overwrites. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { sourceOf } from '../backup/backups.ts';
import { ENCRYPTED } from '../backup/encryption.ts';
import { absentPlugins, type Manifest } from '../backup/manifest.ts';
import { stagingFor } from '../backup/staging.ts';
import { writeBackup } from '../backup/write-backup.ts';
import type { CoreConfig } from '../config/schema.ts';
import { ConfigError, codeOf, messageOf } from '../errors.ts';
import { openStore } from '../storage/object-store.ts';
import { withPlatform } from './with-platform.ts';

const CUT_OFF_BY = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function backup(file: string): Promise<void> {
  const target = resolve(file);
  if (existsSync(target)) throw new ConfigError(`${file} exists already; a backup never overwrites`);
  if (!existsSync(dirname(target))) throw new ConfigError(`There is no folder ${dirname(target)}`);
  await withPlatform('read', async ({ services, plugins, migrations }) => {
    const recipient = recipientFor(target, services.coreConfig.backups.encryption);
    const staging = await stagingFor(target);
    const interrupted = () => void staging.remove().finally(() => process.exit(1));
    for (const signal of CUT_OFF_BY) process.once(signal, interrupted);
    try {
      const source = sourceOf(
        services,
        plugins.map(({ plugin }) => plugin),
      );
      const { manifest, missing, elsewhere, files } = await writeBackup(services.db, source, {
        staging: staging.folder,
        target,
        recipient,
        store: openStore(services.coreConfig.storage, services.outbound),
      });
      process.stdout.write(summary(file, manifest, files, recipient));
      if (missing.length > 0) warnOf(missing);
      warnOfRestore(manifest, absentPlugins(manifest.migrations ?? [], migrations), elsewhere);
    } catch (error) {
      if (!/^E[A-Z]+$/.test(codeOf(error))) throw error;
      throw new ConfigError(`The backup could not be written: ${messageOf(error)}`, { cause: error });
    } finally {
      for (const signal of CUT_OFF_BY) process.off(signal, interrupted);
      await staging.remove();
    }
  });
}

/** What it is called says whether it is encrypted. */
function recipientFor(target: string, { recipient }: CoreConfig['backups']['encryption']): string | null {
  if (!target.endsWith(ENCRYPTED)) return null;
  if (recipient !== null) return recipient;
  throw new ConfigError(
    `A file that ends with ${ENCRYPTED} is encrypted, for which backups.encryption.recipient is needed`,
  );
}

function summary(file: string, { contents, holds_secret }: Manifest, files: number, recipient: string | null): string {
  const counts = Object.entries({ ...contents, files }).map(([noun, count]) => `${count.toLocaleString('en')} ${noun}`);
  const kept =
    recipient === null ? '' : `It is encrypted for ${recipient}: without that one's key nobody reads it again.\n`;
  const secret = holds_secret
    ? 'It holds the secrets: keep it as safe as the data folder.'
    : 'The master secret is not in it, but in PATCHBAY_SECRET: without that, what is sealed cannot be opened again.';
  return `Wrote ${file}: ${counts.join(', ')}.\n${kept}${secret}\n`;
}

function warnOf(missing: readonly string[]): void {
  process.exitCode = 1;
  process.stderr.write(
    `patchbay: ${missing.length} files to which the database points are missing, so they are not in the backup ` +
      `(${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}). Everything else is.\n`,
  );
}

/** What is found out now, and not on the day on which it is restored. */
function warnOfRestore({ client }: Manifest, absent: readonly string[], elsewhere: readonly string[]): void {
  if (client === 'pg' && absent.length > 0) {
    process.stderr.write(
      `patchbay: the database has tables of plugins that are not enabled (${absent.join(', ')}). Restoring them needs ` +
        `these plugins; without them it is \`patchbay restore FILE --without ${absent.join(' ')}\`. ` +
        'To delete their tables now: `patchbay migrate --drop NAME`\n',
    );
  }
  if (elsewhere.length === 0) return;
  process.stderr.write(
    `patchbay: tables in other schemas of the database are not in the backup: ${elsewhere.slice(0, 10).join(', ')}\n`,
  );
}
