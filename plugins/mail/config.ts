/** The schema of `plugins.mail`. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false };

const SmtpConfig = Type.Object(
  {
    enabled: Type.Boolean({ default: true }),
    host: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 for all.' }),
    port: Type.Integer({ default: 2525, minimum: 0, maximum: 65535 }),
    hostname: Type.String({ default: 'localhost', description: 'Name in the greeting; the one that MX records name.' }),
    maxMessageBytes: Type.Integer({ default: 26_214_400, minimum: 1024, description: 'Largest message (RFC 1870).' }),
    maxConnections: Type.Integer({ default: 500, minimum: 1 }),
    maxConnectionsPerAddress: Type.Integer({ default: 50, minimum: 1 }),
    maxRecipients: Type.Integer({ default: 100, minimum: 1, description: 'RFC 5321 §4.5.3.1.8 asks for 100.' }),
    idleSeconds: Type.Integer({ default: 60, minimum: 1, description: 'A silent connection is closed after this.' }),
    dataSeconds: Type.Integer({ default: 600, minimum: 1, description: 'Longest time for one message.' }),
    tls: Type.Union([Type.Object({ certFile: Type.String(), keyFile: Type.String() }, strict), Type.Null()], {
      default: null,
      description: 'Certificate for STARTTLS; null makes a self-signed one at the first start.',
    }),
  },
  { ...strict, default: {}, description: 'The SMTP receiver.' },
);

const ParserConfig = Type.Object(
  {
    timeoutMs: Type.Integer({ default: 10_000, minimum: 100, description: 'Longest time for one message.' }),
    memoryMb: Type.Integer({ default: 256, minimum: 64, description: 'Memory of the worker thread.' }),
  },
  { ...strict, default: {}, description: 'Parsing, in a worker thread, after the message was accepted.' },
);

export const MailConfig = Type.Object({
  domains: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]+$' }), {
    default: ['example.com'],
    minItems: 1,
    description: 'Mail for these domains is accepted.',
  }),
  catchAll: Type.Boolean({ default: true, description: 'Mail for an unknown address makes a mailbox.' }),
  mailboxTtl: Type.Integer({
    default: 3600,
    minimum: 0,
    description: 'Seconds until a mailbox that is not pinned or favourite is deleted with its mail; 0 keeps all.',
  }),
  mailboxSessionWindow: Type.Integer({
    default: 86_400,
    minimum: 60,
    description: 'Seconds back that somebody signed in as a mailbox sees.',
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
    description: 'A mailbox without a password of its own opens with its address, as older services did.',
  }),
  smtp: SmtpConfig,
  parser: ParserConfig,
});
export type MailConfig = Static<typeof MailConfig>;
