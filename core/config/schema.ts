/** The core's part of the configuration, each key described for the default file's readers and for editors. */
import Type, { type Static } from 'typebox';
import { AlertsConfig } from '../alerts/config.ts';
import { TlsConfig } from '../certificates/config.ts';
import { DatabaseConfig } from '../database/connect.ts';
import { MailerConfig } from '../mailer/mailer.ts';
import { TracingConfig } from '../observability/tracing-config.ts';
import { TargetConfig } from '../offsite/config.ts';
import { ROLES } from '../roles/roles.ts';
import { StorageConfig } from '../storage/config.ts';

const strict = { additionalProperties: false, default: {} };

const HttpConfig = Type.Object(
  {
    publicUrl: Type.Union([Type.String({ pattern: '^https?://[^/]+$' }), Type.Null()], {
      default: null,
      title: 'Public address',
      'x-setting': { area: 'general' },
      description:
        'The address at which people and programs reach this server, such as https://patchbay.example.com. Links in mail begin with it. Leave it empty for the first domain with a certificate, or else http://127.0.0.1 with the port.',
    }),
    host: Type.String({
      default: '127.0.0.1',
      title: 'Network address',
      'x-setting': { area: 'general' },
      description:
        'The address of this computer on which the server answers. 127.0.0.1 is this computer only; 0.0.0.0 is every network it is connected to.',
    }),
    port: Type.Integer({
      default: 5000,
      title: 'Port',
      'x-setting': { area: 'general' },
      minimum: 0,
      maximum: 65535,
      description: 'The port on which the server answers. 0 takes any free port.',
    }),
    tls: TlsConfig,
    trustProxy: Type.Union([Type.Literal(false), Type.Array(Type.String({ title: 'Proxy' }))], {
      default: false,
      title: 'Trusted proxies',
      'x-setting': { area: 'general' },
      'x-add': 'Add a proxy',
      description:
        'Addresses or networks (10.0.0.0/8) of the reverse proxies in front of this server. Only from these does it accept the X-Forwarded-For header as the address of the visitor.',
    }),
    unreadSeconds: Type.Integer({
      default: 60,
      minimum: 1,
      description: 'A reader that takes nothing of its answer for so long is disconnected.',
    }),
    streams: Type.Object(
      {
        perCaller: Type.Integer({
          default: 50,
          minimum: 1,
          description: 'Open event streams of one account or address.',
        }),
        perTenant: Type.Integer({ default: 500, minimum: 1, description: 'Of one tenant.' }),
        total: Type.Integer({ default: 1000, minimum: 1, description: 'In all; each may keep half a megabyte.' }),
      },
      { ...strict, description: 'How many event streams may be open at once.' },
    ),
    bodyLimit: Type.Integer({ default: 1048576, minimum: 1024, description: 'Largest JSON body in bytes.' }),
    openRequests: Type.Object(
      {
        perAddress: Type.Integer({ default: 500, minimum: 1, description: 'From one address (IPv6: /64) at once.' }),
        total: Type.Integer({ default: 5000, minimum: 1, description: 'In all.' }),
      },
      { ...strict, description: 'Requests that are open at one moment; more get 503.' },
    ),
    rateLimit: Type.Object(
      { enabled: Type.Boolean({ default: true, description: 'false switches every limit and lockout off.' }) },
      strict,
    ),
    cors: Type.Object(
      {
        origins: Type.Array(Type.String(), {
          default: [],
          description: 'Origins whose pages may call the API; "*" for all (without cookies).',
        }),
      },
      strict,
    ),
    outbound: Type.Object(
      {
        allow: Type.Array(Type.String({ title: 'Address' }), {
          default: [],
          title: 'Allowed private addresses',
          'x-setting': { area: 'outgoing', isLive: true },
          'x-add': 'Add an address',
          description:
            'Webhooks, workflows and models may call the public internet, but nothing in your private network except the addresses listed here: an IP address, a network (10.0.0.0/8) or a host name, with a port (`127.0.0.1:8080`) or without one for all ports. Addresses in the server settings, such as the mail relay, need no entry.',
        }),
      },
      strict,
    ),
  },
  { ...strict, description: 'The HTTP server.' },
);

const BackupsConfig = Type.Object(
  {
    schedule: Type.Union([Type.String(), Type.Null()], {
      default: 'nightly',
      title: 'Schedule',
      'x-setting': { area: 'backups' },
      description:
        'When backups are made: nightly (at 02:13, server time) or a cron expression of five fields in UTC, such as 0 3 * * *. Leave it empty to make none automatically.',
    }),
    rehearsal: Type.Union([Type.String(), Type.Null()], {
      default: 'weekly',
      title: 'Rehearsal',
      'x-setting': { area: 'backups' },
      description:
        'When the newest backup is restored as a trial, to prove that it works: weekly (Sunday at 05:13, server time) or a cron expression of five fields in UTC. Leave it empty to rehearse none automatically.',
    }),
    folder: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description: 'Where backups lie; null: backups in dataDir. Another disk is better.',
    }),
    leaveFreeMb: Type.Integer({
      default: 1024,
      title: 'Free space to leave (MB)',
      'x-setting': { area: 'backups' },
      minimum: 0,
      description: 'A scheduled backup is skipped when it would leave less free space on the disk than this.',
    }),
    beforeMigration: Type.Boolean({
      default: true,
      title: 'Back up before updates',
      'x-setting': { area: 'backups' },
      description:
        'Makes a backup before a new version changes the database. The newest three of these backups are kept.',
    }),
    keep: Type.Object(
      {
        daily: Type.Integer({
          default: 7,
          minimum: 1,
          maximum: 1000,
          title: 'Daily',
          description: 'For how many days one backup a day is kept.',
        }),
        weekly: Type.Integer({
          default: 4,
          minimum: 0,
          maximum: 1000,
          title: 'Weekly',
          description: 'For how many weeks one backup a week is kept.',
        }),
        monthly: Type.Integer({
          default: 3,
          minimum: 0,
          maximum: 1000,
          title: 'Monthly',
          description: 'For how many months one backup a month is kept.',
        }),
      },
      {
        ...strict,
        title: 'Backups to keep',
        'x-setting': { area: 'backups', isLive: true },
        description: 'How many scheduled backups are kept. Backups made by hand are never deleted automatically.',
      },
    ),
    target: TargetConfig,
    encryption: Type.Object(
      {
        recipient: Type.Union([Type.String({ pattern: '^age1[02-9ac-hj-np-z]{58}$' }), Type.Null()], {
          default: null,
          title: 'Encrypted for',
          'x-setting': { area: 'backups', isLive: true },
          description:
            'The public key (age1…) with which new backups are encrypted; only the matching private key opens them. Leave it empty to write backups unencrypted.',
        }),
      },
      { ...strict, description: 'Backups that only one key opens.' },
    ),
  },
  { ...strict, description: 'Backups that are made, thinned out and tested automatically.' },
);

export const CoreConfig = Type.Object(
  {
    http: HttpConfig,
    dataDir: Type.String({ default: './data', description: 'Database file, raw mail, files, secrets.' }),
    database: DatabaseConfig,
    storage: StorageConfig,
    roles: Type.Array(Type.Enum([...ROLES]), {
      default: [...ROLES],
      minItems: 1,
      uniqueItems: true,
      description:
        'What this process does, where others on the same PostgreSQL do the rest: requests, SMTP, jobs and scheduled work, executions of workflows, parsing of mail.',
    }),
    logging: Type.Object(
      {
        level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
          default: 'info',
          description: 'debug also shows every request.',
        }),
        keptBytes: Type.Integer({
          default: 1_048_576,
          minimum: 0,
          maximum: 104_857_600,
          description: 'The last lines stay in memory, up to so much, for super-admins to read; 0 keeps none.',
        }),
      },
      { ...strict, description: 'Log lines are JSON on standard output.' },
    ),
    metrics: Type.Object(
      {
        token: Type.Union([Type.String({ minLength: 16 }), Type.Null()], {
          default: null,
          description: 'Bearer token for GET /metrics; without one only super-admins may read it.',
        }),
      },
      { ...strict, description: 'Prometheus metrics.' },
    ),
    tracing: TracingConfig,
    mailer: MailerConfig,
    jobs: Type.Object(
      {
        keepDeadDays: Type.Integer({
          default: 30,
          title: 'Failed jobs (days)',
          'x-setting': { area: 'retention', isLive: true },
          minimum: 0,
          maximum: 3650,
          description: 'Failed jobs are deleted after this many days. 0 keeps them forever.',
        }),
      },
      { ...strict, description: 'Durable jobs.' },
    ),
    backups: BackupsConfig,
    alerts: AlertsConfig,
    updates: Type.Object(
      {
        url: Type.Union([Type.String({ pattern: '^https?://[^/?#@\\s]+(/\\S*)?$', maxLength: 2000 }), Type.Null()], {
          default: null,
          title: 'Update check',
          'x-setting': { area: 'general', isLive: true },
          description:
            'The URL of a JSON file that names the newest version, read once a day: `{"version": "1.4.0", "changelog": "https://…"}`. Leave it empty to check for no updates.',
        }),
      },
      { ...strict, description: 'Newer versions are shown, and installed by nobody but you.' },
    ),
  },
  { additionalProperties: false },
);
/** The configuration as it is written. */
export type WrittenConfig = Static<typeof CoreConfig>;

/** The configuration as services see it: every path is absolute, nothing that follows from the rest is missing. */
export type CoreConfig = Omit<WrittenConfig, 'http' | 'backups'> & {
  backups: Omit<WrittenConfig['backups'], 'folder'> & { folder: string };
  http: Omit<WrittenConfig['http'], 'publicUrl' | 'tls'> & { publicUrl: string; tls: TlsConfig | null };
  /** Where the configuration file is. */
  configFolder: string;
};
