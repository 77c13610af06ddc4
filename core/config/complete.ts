/** Completes a checked configuration: absolute paths, what follows from other keys, and what no schema can say. */
import { join } from 'node:path';
import { lackOfAlerts } from '../alerts/config.ts';
import type { DatabaseConfig } from '../database/connect.ts';
import { parsePostgresAddress } from '../database/postgres-address.ts';
import { ConfigError } from '../errors.ts';
import { lackOfTarget } from '../offsite/config.ts';
import { lackOfStorage } from '../storage/config.ts';
import { type LoadedConfig, pathFrom } from './load.ts';
import type { CoreConfig, WrittenConfig } from './schema.ts';
import { completeTls, publicUrlOf } from './tls.ts';

/** Throws a ConfigError for a database that cannot be meant. */
export function completeConfig(written: WrittenConfig, loaded: LoadedConfig): CoreConfig {
  const { http, database, mailer, backups } = written;
  const from = (key: readonly string[], path: string): string => pathFrom(loaded, key, path);
  const isFile = database.client !== 'pg' && database.connection !== null;
  if (database.client === 'pg') checkServer(database);
  const lack = lackOfTarget(backups.target) ?? lackOfAlerts(written.alerts) ?? lackOfStorage(written.storage);
  if (lack) throw new ConfigError(lack);
  const dataDir = from(['dataDir'], written.dataDir);
  const tls = completeTls(http.tls, from);
  return {
    ...written,
    http: { ...http, tls, publicUrl: publicUrlOf(http.publicUrl, http.port, tls) },
    dataDir,
    backups: {
      ...backups,
      folder: backups.folder === null ? join(dataDir, 'backups') : from(['backups', 'folder'], backups.folder),
    },
    database: {
      ...database,
      ...(isFile && { connection: from(['database', 'connection'], database.connection ?? '') }),
    },
    mailer: {
      ...mailer,
      ...(mailer.templates !== null && { templates: from(['mailer', 'templates'], mailer.templates) }),
    },
    configFolder: loaded.configFolder,
  };
}

/** Addresses that cannot be meant are refused before anything is opened. */
function checkServer({ connection, direct }: DatabaseConfig): void {
  if (!connection) {
    throw new ConfigError(
      'database.client is pg, so database.connection must name the server: postgres://user:password@host:5432/name',
    );
  }
  parsePostgresAddress(connection);
  if (direct) parsePostgresAddress(direct, 'database.direct');
}
