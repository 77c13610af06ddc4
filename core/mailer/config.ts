/** The schema of `mailer:`. */
import Type, { type Static } from 'typebox';

const SmtpConfig = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      title: 'Host',
      description: 'Name of the mail server, such as smtp.example.com.',
    }),
    port: Type.Integer({
      default: 587,
      minimum: 1,
      maximum: 65535,
      title: 'Port',
      description: 'Usually 587, or 465 with TLS from the start.',
    }),
    secure: Type.Boolean({
      default: false,
      title: 'TLS from the start',
      description: 'For port 465. Without it the connection is encrypted as soon as the server offers it (STARTTLS).',
    }),
    user: Type.Optional(
      Type.String({ title: 'User name', description: 'Leave it empty if the server asks for none.' }),
    ),
    password: Type.Optional(
      Type.String({ title: 'Password', description: 'The password of this user at the mail server.' }),
    ),
  },
  {
    additionalProperties: false,
    title: 'SMTP relay',
    'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'smtp'] },
    description: 'The mail server through which outgoing mail is sent.',
  },
);

const ResendConfig = Type.Object(
  {
    apiKey: Type.String({ title: 'API key', description: 'An API key of your account at Resend.' }),
    apiBase: Type.String({
      default: 'https://api.resend.com',
      title: 'API address',
      description: 'Change it only for a compatible service.',
    }),
  },
  {
    additionalProperties: false,
    title: 'Resend',
    'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'resend'] },
    description: 'Mail is handed to Resend by its HTTP API.',
  },
);

const MxConfig = Type.Object(
  {
    hostname: Type.String({
      default: 'localhost',
      title: 'Host name',
      description:
        'The name by which this server introduces itself to other mail servers. Its IP address must resolve back to this name.',
    }),
    port: Type.Integer({
      default: 25,
      minimum: 1,
      maximum: 65535,
      title: 'Port',
      description: 'The port of the receiving mail servers; on the internet it is always 25.',
    }),
    connectSeconds: Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 300,
      title: 'Connection timeout (seconds)',
      description: 'After this, the next mail server of the recipient is tried.',
    }),
    routes: Type.Record(Type.String(), Type.String(), {
      default: {},
      title: 'Routes',
      'x-add': 'Add a domain',
      'x-name': 'Domain',
      description:
        'Mail servers for certain domains, used in place of their MX records: a domain, and its server as 10.0.0.5:2525 or [2001:db8::5]:2525. Several servers are separated by commas and tried in order.',
    }),
  },
  {
    additionalProperties: false,
    title: 'Direct delivery',
    'x-setting': { area: 'sending', isLive: true, when: ['mailer.transport', 'mx'] },
    description: 'Mail is delivered to the mail servers of its recipients, without a relay.',
  },
);

export const MailerConfig = Type.Object(
  {
    transport: Type.Enum(['log', 'smtp', 'resend', 'mx'], {
      default: 'log',
      title: 'How mail is sent',
      'x-setting': { area: 'sending', isLive: true },
      'x-labels': {
        log: 'Not at all: server log only',
        smtp: 'Through a mail server (SMTP relay)',
        resend: 'Through Resend',
        mx: 'Directly to the mail servers of the recipients',
      },
      description:
        'While nothing is sent, links in mail, such as those to confirm an address, appear in the server log.',
    }),
    from: Type.String({
      default: 'Patchbay <noreply@localhost>',
      pattern: '^[^\\r\\n]+$',
      title: 'Sender',
      'x-setting': { area: 'sending', isLive: true },
      description: 'The sender of mail from this server, such as Patchbay <noreply@example.com>.',
    }),
    smtp: Type.Optional(SmtpConfig),
    resend: Type.Optional(ResendConfig),
    mx: Type.Optional(MxConfig),
    language: Type.Enum(['en', 'zh'], {
      default: 'en',
      title: 'Language',
      'x-setting': { area: 'sending' },
      'x-labels': { en: 'English', zh: 'Chinese' },
      description: 'The language of mail from this server, and of names it chooses automatically.',
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
