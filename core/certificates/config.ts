/** The schema of `http.tls`: certificates that come by themselves, and those of the operator. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false };

/** A name as it stands in a certificate: HTTP-01 proves no wildcards and no addresses. */
const DOMAIN = '^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]*$';

export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

export const CertificateFiles = Type.Object(
  {
    certFile: Type.String({ description: 'The certificate and those between it and its authority, in PEM.' }),
    keyFile: Type.String({ description: 'Its private key, in PEM.' }),
  },
  strict,
);
export type CertificateFiles = Static<typeof CertificateFiles>;

const AcmeConfig = Type.Object(
  {
    domains: Type.Array(Type.String({ pattern: DOMAIN, title: 'Domain' }), {
      default: [],
      title: 'Domains with a certificate',
      'x-setting': { area: 'general' },
      'x-add': 'Add a domain',
      maxItems: 100,
      description:
        'Domains that lead to this server, including those of mail. Each gets a certificate automatically, which switches HTTPS on.',
    }),
    email: Type.Union([Type.String({ pattern: '^[^\\s@,]+@[^\\s@,]+$' }), Type.Null()], {
      default: null,
      title: 'Contact e-mail',
      'x-setting': { area: 'general' },
      description: 'Where the certificate authority writes when something is wrong with a certificate.',
    }),
    agree: Type.Boolean({
      default: false,
      title: 'I agree to the terms of the certificate authority',
      'x-setting': { area: 'general' },
      description: 'No certificate is requested until you agree.',
    }),
    directory: Type.String({
      pattern: '^https://',
      maxLength: 500,
      default: LETS_ENCRYPT,
      title: 'Certificate authority',
      'x-setting': { area: 'general' },
      description: 'Address of the ACME directory of the authority. The default is Let’s Encrypt.',
    }),
    caFile: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description: 'Whom the authority itself has its certificate from, in PEM: for one in your own network.',
    }),
  },
  {
    ...strict,
    default: {},
    description: 'Certificates obtained and renewed automatically (ACME, HTTP-01 on `plainPort`).',
  },
);
export type AcmeConfig = Static<typeof AcmeConfig>;

export const TlsConfig = Type.Object(
  {
    acme: AcmeConfig,
    files: Type.Array(CertificateFiles, {
      default: [],
      description: 'Certificates of your own; read again when they change. The name that is asked for chooses one.',
    }),
    plainPort: Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Null()], {
      default: 80,
      title: 'HTTP port',
      'x-setting': { area: 'general' },
      description:
        'A second, unencrypted port: the certificate authority checks your domains on it, and visitors are redirected to HTTPS. It is opened only with HTTPS. Leave it empty to open none.',
    }),
  },
  {
    ...strict,
    default: {},
    description: '`http.port` speaks https as soon as there are `acme.domains` or `files`.',
  },
);
/** As it is written. */
export type WrittenTls = Static<typeof TlsConfig>;

/** What https is spoken with; `acme` is null where no certificate comes by itself. */
export type TlsConfig = Omit<WrittenTls, 'acme'> & { acme: AcmeConfig | null };
