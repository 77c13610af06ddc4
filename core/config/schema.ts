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
        'How people and programs reach it; used in links. Empty: http://127.0.0.1 with the port, or the first name with a certificate.',
    }),
    host: Type.String({
      default: '127.0.0.1',
      title: 'Listens on',
      'x-setting': { area: 'general' },
      description: 'Address to listen on; 0.0.0.0 for all.',
    }),
    port: Type.Integer({
      default: 5000,
      title: 'Port',
      'x-setting': { area: 'general' },
      minimum: 0,
      maximum: 65535,
      description: '0 takes a free port.',
    }),
    tls: TlsConfig,
    trustProxy: Type.Union([Type.Literal(false), Type.Array(Type.String())], {
      default: false,
      title: 'Trusted proxies',
      'x-setting': { area: 'general' },
      description: 'Addresses or CIDRs of proxies whose X-Forwarded-For is believed.',
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
        allow: Type.Array(Type.String(), {
          default: [],
          title: 'Allowed private addresses',
          'x-setting': { area: 'outgoing', isLive: true },
          description:
            'Private addresses, CIDRs or host names that calls of everybody may reach, all ports or one (`127.0.0.1:8080`). Addresses in the settings of the server itself, such as the relay, need no entry.',
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
        'nightly: 02:13 where the server is; five fields of cron, in UTC; empty: none is made automatically.',
    }),
    rehearsal: Type.Union([Type.String(), Type.Null()], {
      default: 'weekly',
      title: 'Rehearsal',
      'x-setting': { area: 'backups' },
      description:
        'When the newest backup is restored for a trial. weekly: Sunday, 05:13 where the server is; or as above.',
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
      description: 'So much of the disk stays free: a scheduled backup that would need it is not made.',
    }),
    beforeMigration: Type.Boolean({
      default: true,
      title: 'Before updates',
      'x-setting': { area: 'backups' },
      description: 'Whether a start that has to migrate an older database makes one first; the newest three stay.',
    }),
    keep: Type.Object(
      {
        daily: Type.Integer({ default: 7, minimum: 1, maximum: 1000, description: 'The newest of so many days.' }),
        weekly: Type.Integer({ default: 4, minimum: 0, maximum: 1000, description: 'The newest of so many weeks.' }),
        monthly: Type.Integer({ default: 3, minimum: 0, maximum: 1000, description: 'The newest of so many months.' }),
      },
      {
        ...strict,
        title: 'Keep',
        'x-setting': { area: 'backups', isLive: true },
        description: 'Of the backups that the schedule made; those made by hand stay.',
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
            'A recipient of age (age1…), for whom backups are encrypted from now on; empty: they are written as they are.',
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
          description: 'Days after which failed jobs (dead letters) are deleted; 0 keeps them.',
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
          title: 'Version file',
          'x-setting': { area: 'general', isLive: true },
          description:
            'Asked once a day whether there is a newer version: {"version": "1.4.0", "changelog": "https://…"}. Empty: nobody is asked.',
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
