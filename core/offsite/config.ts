/** Where copies of backups go, beside the folder at the server. */
import Type, { type Static } from 'typebox';
import { FINGERPRINT } from './host-key.ts';

const strict = { additionalProperties: false, default: {} };
/** Of an address that takes a path behind it. */
const ADDRESS = '^(https?://[^/?#@\\s]+(/[^?#\\s]*)?)?$';

export const TargetConfig = Type.Object(
  {
    kind: Type.Enum(['none', 's3', 'webdav', 'sftp'], {
      default: 'none',
      title: 'Copies elsewhere',
      'x-setting': { area: 'backups', isLive: true },
      description: 'Where scheduled backups are copied to once they are made; none keeps them at the server alone.',
    }),
    s3: Type.Object(
      {
        endpoint: Type.String({
          title: 'Address of the service',
          default: '',
          pattern: ADDRESS,
          description: 'Address of the service, without the bucket: https://s3.eu-central-1.amazonaws.com.',
        }),
        region: Type.String({
          title: 'Region',
          default: 'us-east-1',
          minLength: 1,
          description: 'Services with one alone take any.',
        }),
        bucket: Type.String({
          title: 'Bucket',
          default: '',
          pattern: '^([A-Za-z0-9][A-Za-z0-9._-]{1,62})?$',
          description: 'It must be there, and is used by its path.',
        }),
        prefix: Type.String({
          title: 'Folder',
          default: '',
          maxLength: 300,
          pattern: '^([A-Za-z0-9._-]+/)*$',
          description: 'Folder in the bucket, with a slash at its end: patchbay/.',
        }),
        accessKeyId: Type.String({
          title: 'Access key ID',
          default: '',
          description: 'May list, read, write and delete there, and no more.',
        }),
        secretAccessKey: Type.String({ title: 'Secret access key', default: '' }),
      },
      {
        ...strict,
        title: 'S3',
        'x-setting': { area: 'backups', isLive: true, when: ['backups.target.kind', 's3'] },
        description: 'A bucket of S3, or of a service that speaks as it does.',
      },
    ),
    webdav: Type.Object(
      {
        url: Type.String({
          title: 'Address',
          default: '',
          pattern: ADDRESS,
          description: 'The folder; it is made when only it is missing.',
        }),
        user: Type.String({ title: 'User name', default: '' }),
        password: Type.String({ title: 'Password', default: '' }),
      },
      {
        ...strict,
        title: 'WebDAV',
        'x-setting': { area: 'backups', isLive: true, when: ['backups.target.kind', 'webdav'] },
        description: 'A folder over WebDAV, as Nextcloud and storage boxes have them.',
      },
    ),
    sftp: Type.Object(
      {
        host: Type.String({
          title: 'Host',
          default: '',
          maxLength: 255,
          pattern: '^[^\\s/@]*$',
          description: 'Name or address of the server.',
        }),
        port: Type.Integer({ title: 'Port', default: 22, minimum: 1, maximum: 65_535 }),
        user: Type.String({ title: 'User name', default: '' }),
        password: Type.String({ title: 'Password', default: '', description: 'Empty where a private key is used.' }),
        privateKey: Type.String({
          title: 'Private key',
          default: '',
          maxLength: 20_000,
          description:
            'As ssh-keygen writes it, with its first and last line, and without a passphrase: it is sealed here.',
        }),
        folder: Type.String({
          title: 'Folder',
          default: '',
          maxLength: 500,
          pattern: '^[^\\0\\r\\n]*$',
          description:
            'From where the user comes in, or with a slash from the root; it is made when only it is missing.',
        }),
        fingerprint: Type.String({
          title: 'Fingerprint of the server’s key',
          default: '',
          pattern: `(${FINGERPRINT})|^$`,
          description:
            'SHA256:…, as ssh-keygen -lf prints it. The test shows it; nothing is sent to a server with another one.',
        }),
      },
      {
        ...strict,
        title: 'SFTP',
        'x-setting': { area: 'backups', isLive: true, when: ['backups.target.kind', 'sftp'] },
        description: 'A folder of a server that is reached over SSH.',
      },
    ),
  },
  { ...strict, description: 'A second place for scheduled backups, away from the server.' },
);
export type TargetConfig = Static<typeof TargetConfig>;

/** What is missing in a configuration that its schema cannot say; null when nothing is. */
export function lackOfTarget({ kind, s3, webdav, sftp }: TargetConfig): string | null {
  const needed: Record<TargetConfig['kind'], Record<string, string>> = {
    none: {},
    s3: {
      endpoint: s3.endpoint,
      bucket: s3.bucket,
      accessKeyId: s3.accessKeyId,
      secretAccessKey: s3.secretAccessKey,
    },
    webdav: { url: webdav.url },
    // Without a fingerprint nothing is sent, and the sentence that says so shows which one it would be.
    sftp: { host: sftp.host, user: sftp.user, 'password or privateKey': sftp.password || sftp.privateKey },
  };
  const missing = Object.keys(needed[kind]).filter((name) => needed[kind][name] === '');
  if (missing.length === 0) return null;
  return `backups.target.kind is ${kind}, so backups.target.${kind} needs ${missing.join(', ')}`;
}
