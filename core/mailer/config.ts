/** The schema of `mailer:`. */
import Type, { type Static } from 'typebox';

const SmtpConfig = Type.Object(
  {
    host: Type.String({ minLength: 1 }),
    port: Type.Integer({ default: 587, minimum: 1, maximum: 65535 }),
    secure: Type.Boolean({ default: false, description: 'true: TLS from the first byte (port 465).' }),
    user: Type.Optional(Type.String()),
    password: Type.Optional(Type.String()),
  },
  {
    additionalProperties: false,
    title: 'SMTP relay',
    'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'smtp'] },
    description: 'The mail server that takes outgoing mail, with transport smtp.',
  },
);

const ResendConfig = Type.Object(
  { apiKey: Type.String(), apiBase: Type.String({ default: 'https://api.resend.com' }) },
  {
    additionalProperties: false,
    title: 'Resend',
    'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'resend'] },
    description: 'The HTTP API of Resend, with transport resend.',
  },
);

const MxConfig = Type.Object(
  {
    hostname: Type.String({ default: 'localhost', description: 'Name at EHLO; its address must point back to it.' }),
    port: Type.Integer({ default: 25, minimum: 1, maximum: 65535 }),
    connectSeconds: Type.Integer({ default: 30, minimum: 1, maximum: 300 }),
    routes: Type.Record(Type.String(), Type.String(), {
      default: {},
      description:
        'Servers for some domains, instead of their MX records: example.org: 10.0.0.5:2525, or "[2001:db8::5]:2525"; several with commas, in order.',
    }),
  },
  {
    additionalProperties: false,
    title: 'Direct delivery',
    'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'mx'] },
    description: "Straight to the recipients' mail servers, with transport mx.",
  },
);

export const MailerConfig = Type.Object(
  {
    transport: Type.Enum(['log', 'smtp', 'resend', 'mx'], {
      default: 'log',
      title: 'Transport',
      'x-setting': { area: 'sending', isLive: true },
      description: 'log writes the links of mails to the log, so that they can be used without a mail server.',
    }),
    from: Type.String({
      default: 'Patchbay <noreply@localhost>',
      pattern: '^[^\\r\\n]+$',
      title: 'Sender',
      'x-setting': { area: 'sending', isLive: true },
      description: 'Sender of system mail.',
    }),
    smtp: Type.Optional(SmtpConfig),
    resend: Type.Optional(ResendConfig),
    mx: Type.Optional(MxConfig),
    language: Type.Enum(['en', 'zh'], {
      default: 'en',
      title: 'Language',
      'x-setting': { area: 'sending' },
      description: 'Language of system mail, and of names that the server makes up.',
    }),
    deliverySeconds: Type.Integer({
      default: 660,
      minimum: 1,
      maximum: 1800,
      description:
        'Longest time for handing over one mail; then its connection is closed, and it is tried again later.',
    }),
    templates: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description: 'Folder with your own texts, e.g. reset.en.txt; default dataDir/mail-templates.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'All outgoing mail.' },
);
export type MailerConfig = Static<typeof MailerConfig>;
