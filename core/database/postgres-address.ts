/**
 * The address of PostgreSQL, with one host or several, as libpq reads it (PostgreSQL manual, "Connection URIs" and "Specifying Multiple Hosts"):
 * `postgres://user:password@one:5432,two:5432/name?target_session_attrs=read-write`.
 */
import { ConfigError } from '../errors.ts';

export interface PostgresAddress {
  /** Each a whole address with one host, in the order in which they are tried. */
  servers: readonly string[];
  /** Only a server that takes writes will do: the primary, not a standby. */
  needsPrimary: boolean;
}

/** Scheme, who, the hosts, and the rest. Hosts have no slash, and neither has a password that is written as it must be. */
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s;
const ATTRIBUTES = 'target_session_attrs';
const PRIMARY = ['read-write', 'primary'];

/** Throws a ConfigError that says what is wrong with it; never with the password. `key` is the setting that is spoken of. */
export function parsePostgresAddress(written: string, key = 'database.connection'): PostgresAddress {
  const [, before = '', hosts = '', rest = ''] = PARTS.exec(written) ?? [];
  // What is no address (a socket's folder, say) is the driver's matter.
  if (before === '') return { servers: [written], needsPrimary: false };
  const servers = hosts.split(',').map((host) => `${before}${host}${rest}`);
  if (!servers.every(isWhole)) {
    throw new ConfigError(
      `${key} is not a whole address. Characters of the password that mean something in an address must be ` +
        'percent-encoded: # is %23, / is %2F, ? is %3F, @ is %40, % is %25, a comma is %2C',
    );
  }
  const wanted = new URL(servers[0] ?? '').searchParams.get(ATTRIBUTES) ?? (servers.length > 1 ? 'read-write' : 'any');
  if (wanted !== 'any' && !PRIMARY.includes(wanted)) {
    throw new ConfigError(`${key}: ${ATTRIBUTES}=${wanted} names servers that take no writes; use read-write`);
  }
  return { servers: servers.map(withoutAttributes), needsPrimary: wanted !== 'any' };
}

/** The same servers, and another database on them. */
export function withDatabase(written: string, name: string): string {
  const [, before = '', hosts = '', rest = ''] = PARTS.exec(written) ?? [];
  const query = rest.includes('?') ? rest.slice(rest.indexOf('?')) : '';
  return `${before}${hosts}/${name}${query}`;
}

/** Hosts, ports and name, for messages; never the password. */
export function shownAddress(written: string): string {
  const [, before = '', hosts = '', rest = ''] = PARTS.exec(written) ?? [];
  return before === '' ? 'database.connection' : `${hosts}${rest.split('?')[0]}`;
}

/** As it was written, but for what the driver does not know. */
function withoutAttributes(server: string): string {
  const url = new URL(server);
  if (!url.searchParams.has(ATTRIBUTES)) return server;
  url.searchParams.delete(ATTRIBUTES);
  return url.href;
}

function isWhole(server: string): boolean {
  return URL.canParse(server) && !server.includes('#') && !new URL(server).pathname.includes('@');
}
