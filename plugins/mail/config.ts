/** The schema of `plugins.mail`. */
import Type, { type Static } from 'typebox';
import { CertificateFiles } from '#core/kit.ts';

const strict = { additionalProperties: false };

const SmtpConfig = Type.Object(
  {
    enabled: Type.Boolean({ default: true }),
    host: Type.String({
      default: '127.0.0.1',
      title: 'Network address for mail',
      'x-setting': { area: 'domains' },
      description:
        'The address of this computer on which mail is received. 127.0.0.1 is this computer only; 0.0.0.0 is every network it is connected to.',
    }),
    port: Type.Integer({
      default: 2525,
      minimum: 0,
      maximum: 65535,
      title: 'Port for mail',
      'x-setting': { area: 'domains' },
      description: 'The port on which mail is received. Other mail servers deliver to port 25 only.',
    }),
    hostname: Type.String({
      default: 'localhost',
      title: 'Host name of the mail server',
      'x-setting': { area: 'domains' },
      description: 'The name by which this server greets others. The MX records of your domains must contain it.',
    }),
    maxMessageBytes: Type.Integer({ default: 26_214_400, minimum: 1024, description: 'Largest message (RFC 1870).' }),
    maxConnections: Type.Integer({ default: 500, minimum: 1 }),
    maxConnectionsPerAddress: Type.Integer({ default: 50, minimum: 1 }),
    maxRecipients: Type.Integer({ default: 100, minimum: 1, description: 'RFC 5321 §4.5.3.1.8 asks for 100.' }),
    idleSeconds: Type.Integer({
      default: 300,
      minimum: 1,
      description: 'A silent connection is closed after this (RFC 5321 §4.5.3.2.7).',
    }),
    dataSeconds: Type.Integer({ default: 600, minimum: 1, description: 'Longest time for one message.' }),
    implicitTlsPort: Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Null()], {
      default: null,
      description: 'A second port with TLS from the first byte (RFC 8314), usually 465.',
    }),
    proxyProtocol: Type.Union([Type.Boolean(), Type.Array(Type.String())], {
      default: false,
      description: 'Reads the sender’s address from a PROXY line: true, or the addresses of the proxies.',
    }),
    tls: Type.Union([CertificateFiles, Type.Null()], {
      default: null,
      description:
        'Certificate of these ports, read again when it changes; null: the one that `http.tls` has for `hostname`, else a self-signed one.',
    }),
  },
  { ...strict, default: {}, description: 'The SMTP receiver.' },
);

const ParserConfig = Type.Object(
  {
    timeoutMs: Type.Integer({ default: 10_000, minimum: 100, description: 'Longest time for one message.' }),
    memoryMb: Type.Integer({ default: 256, minimum: 64, description: 'Memory of each worker thread.' }),
    threads: Type.Integer({
      default: 2,
      minimum: 1,
      maximum: 16,
      description:
        'Worker threads. With two or more the first is for small mail alone, so that large mail delays none.',
    }),
  },
  { ...strict, default: {}, description: 'Reading mail, in worker threads, after it was accepted.' },
);

const AuthenticationConfig = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      title: 'Check who sent incoming mail',
      'x-setting': { area: 'receiving' },
      description:
        'Checks SPF, DKIM, DMARC and ARC, to detect forged senders. Without it, mail is still received, but unchecked.',
    }),
    trusted: Type.Array(Type.String(), {
      default: ['127.0.0.0/8', '::1/128'],
      description: 'Networks whose mail is not checked: your own programs.',
    }),
    timeoutMs: Type.Integer({
      default: 5_000,
      minimum: 100,
      description: 'Longest time at the name service for one message.',
    }),
  },
  { ...strict, default: {}, description: 'Authentication of incoming mail.' },
);

const FilteringConfig = Type.Object(
  {
    greylisting: Type.Object(
      {
        enabled: Type.Boolean({
          default: false,
          title: 'Use greylisting',
          description: 'Mail servers repeat the delivery after some minutes; most spammers do not.',
        }),
        delaySeconds: Type.Integer({
          default: 60,
          minimum: 1,
          title: 'Delay (seconds)',
          description: 'A second attempt is accepted after this time.',
        }),
        keepDays: Type.Integer({
          default: 35,
          minimum: 1,
          title: 'Remember senders (days)',
          description: 'A sender who was accepted is not delayed again during this time.',
        }),
      },
      {
        ...strict,
        default: {},
        title: 'Greylisting',
        'x-setting': { area: 'receiving' },
        description: 'Refuses the first attempt of unknown senders and accepts the second (RFC 6647).',
      },
    ),
    blocklists: Type.Array(Type.String({ title: 'Blocklist' }), {
      default: [],
      title: 'Blocklists',
      'x-setting': { area: 'receiving' },
      'x-add': 'Add a blocklist',
      description: 'Mail from servers on these DNS blocklists is refused, such as zen.spamhaus.org.',
    }),
  },
  { ...strict, default: {}, description: 'What is refused before it is read.' },
);

const SubmissionConfig = Type.Object(
  {
    enabled: Type.Boolean({ default: false }),
    host: Type.String({ default: '127.0.0.1' }),
    port: Type.Integer({ default: 587, minimum: 0, maximum: 65535 }),
  },
  { ...strict, default: {}, description: 'A port for users who may send, with their mail programs (RFC 6409).' },
);

const RetentionConfig = Type.Object(
  {
    days: Type.Integer({
      default: 0,
      minimum: 0,
      title: 'Mail (days)',
      description: 'Mail older than this is deleted. 0 keeps it forever.',
    }),
    messagesPerMailbox: Type.Integer({
      default: 0,
      minimum: 0,
      title: 'Messages per mailbox',
      description: 'The oldest messages beyond this number are deleted. 0 means no limit.',
    }),
    megabytesPerMailbox: Type.Integer({
      default: 0,
      minimum: 0,
      title: 'Size of a mailbox (MB)',
      description: 'The oldest messages beyond this size are deleted. 0 means no limit.',
    }),
    sentDays: Type.Integer({
      default: 30,
      minimum: 1,
      title: 'Records of sent mail (days)',
      description: 'How long the record of each sent and forwarded message is kept.',
    }),
  },
  {
    ...strict,
    default: {},
    title: 'Mail',
    'x-setting': { area: 'retention' },
    description: 'How long mail is kept.',
  },
);

const SendingConfig = Type.Object(
  {
    dkim: Type.Boolean({
      default: true,
      title: 'DKIM signatures',
      'x-setting': { area: 'sending', isLive: true },
      description: 'Signs outgoing mail with the key of its domain, so that receivers trust it.',
    }),
    arc: Type.Boolean({ default: true, description: 'Seals what is forwarded (RFC 8617).' }),
    atOncePerDomain: Type.Integer({ default: 3, minimum: 1, maximum: 50 }),
    perMinutePerDomain: Type.Integer({
      default: 120,
      minimum: 0,
      title: 'Messages per minute to one domain',
      'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'mx'] },
      description: 'Keeps large receivers from refusing your mail. 0 means no limit.',
    }),
  },
  { ...strict, default: {}, description: 'Outgoing mail of users; how it leaves is said by `mailer`.' },
);

export const MailConfig = Type.Object({
  domains: Type.Array(Type.String({ pattern: '^(\\*\\.)?[A-Za-z0-9.-]+$', title: 'Domain' }), {
    default: ['example.com'],
    minItems: 1,
    title: 'Domains',
    'x-setting': { area: 'domains', isLive: true },
    'x-add': 'Add a domain',
    description: 'Mail for these domains is received. *.example.com means every subdomain of example.com.',
  }),
  publicDomains: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]+$', title: 'Domain' }), {
    default: [],
    title: 'Public domains',
    'x-setting': { area: 'domains', isLive: true },
    'x-add': 'Add a domain',
    description:
      'The domains from the list above in which everyone with an account may create mailboxes. In the others, only people of the organisation that runs this server may.',
  }),
  plusAddressing: Type.Boolean({
    default: true,
    title: 'Plus addressing',
    'x-setting': { area: 'domains', isLive: true },
    description: 'Mail to ada+shop@example.com arrives in the mailbox ada@example.com.',
  }),
  catchAll: Type.Boolean({
    default: true,
    title: 'Catch-all',
    'x-setting': { area: 'domains', isLive: true },
    description:
      'Mail to an unknown address creates a mailbox for it. Without this it is refused, except to postmaster and abuse.',
  }),
  mailboxTtl: Type.Integer({
    default: 3600,
    title: 'Lifetime of mailboxes (seconds)',
    'x-setting': { area: 'domains' },
    minimum: 0,
    description:
      'A mailbox that is neither pinned nor a favourite is deleted with its mail after this time. 0 keeps all mailboxes.',
  }),
  mailboxSessionWindow: Type.Integer({
    default: 86_400,
    minimum: 60,
    description: 'How far back, in seconds, a person signed in as a mailbox can see.',
  }),
  guest: Type.Object(
    {
      enabled: Type.Boolean({ default: false }),
      password: Type.Union([Type.String({ minLength: 4 }), Type.Null()], { default: null }),
    },
    { ...strict, default: {}, description: 'Sign-in as `guest`, who sees made-up mail.' },
  ),
  defaultPasswordIsAddress: Type.Boolean({
    default: false,
    description: 'A mailbox without its own password opens with its address, as older services did.',
  }),
  smtp: SmtpConfig,
  parser: ParserConfig,
  authentication: AuthenticationConfig,
  filtering: FilteringConfig,
  submission: SubmissionConfig,
  retention: RetentionConfig,
  sending: SendingConfig,
  dnsServers: Type.Array(Type.String(), {
    default: [],
    description: 'Name servers, address or address:port; none: the system’s.',
  }),
});
export type MailConfig = Static<typeof MailConfig>;
