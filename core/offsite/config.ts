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
      'x-labels': { none: 'None: backups stay on this server', s3: 'S3', webdav: 'WebDAV', sftp: 'SFTP' },
      description: 'Where each scheduled backup is copied, so that it survives the loss of this server.',
    }),
    s3: Type.Object(
      {
        endpoint: Type.String({
          title: 'Service URL',
          default: '',
          pattern: ADDRESS,
          description: 'Without the bucket, such as https://s3.eu-central-1.amazonaws.com.',
        }),
        region: Type.String({
          title: 'Region',
          default: 'us-east-1',
          minLength: 1,
          description: 'For a service without regions, leave this as it is.',
        }),
        bucket: Type.String({
          title: 'Bucket',
          default: '',
          pattern: '^([A-Za-z0-9][A-Za-z0-9._-]{1,62})?$',
          description: 'An existing bucket. It is addressed by its path.',
        }),
        prefix: Type.String({
          title: 'Folder',
          default: '',
          maxLength: 300,
          pattern: '^([A-Za-z0-9._-]+/)*$',
          description: 'A folder in the bucket, ending with a slash: patchbay/. Leave it empty for none.',
        }),
        accessKeyId: Type.String({
          title: 'Access key ID',
          default: '',
          description: 'A key that may list, read, write and delete in this bucket, and nothing else.',
        }),
        secretAccessKey: Type.String({
          title: 'Secret access key',
          default: '',
          description: 'The secret that belongs to the access key ID.',
        }),
      },
      {
        ...strict,
        title: 'S3',
        'x-setting': { area: 'backups', isLive: true, when: ['backups.target.kind', 's3'] },
        description: 'A bucket at Amazon S3 or a compatible service.',
      },
    ),
    webdav: Type.Object(
      {
        url: Type.String({
          title: 'URL',
          default: '',
          pattern: ADDRESS,
          description: 'URL of the folder. If only the last folder is missing, it is created.',
        }),
        user: Type.String({ title: 'User name', default: '', description: 'Leave it empty if none is needed.' }),
        password: Type.String({
          title: 'Password',
          default: '',
          description: 'The password of this user, or one made for an app.',
        }),
      },
      {
        ...strict,
        title: 'WebDAV',
        'x-setting': { area: 'backups', isLive: true, when: ['backups.target.kind', 'webdav'] },
        description: 'A WebDAV folder, such as one at Nextcloud or in a storage box.',
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
        port: Type.Integer({ title: 'Port', default: 22, minimum: 1, maximum: 65_535, description: 'Usually 22.' }),
        user: Type.String({ title: 'User name', default: '', description: 'The user who may write to the folder.' }),
        password: Type.String({
          title: 'Password',
          default: '',
          description: 'Leave it empty if you use a private key.',
        }),
        privateKey: Type.String({
          title: 'Private key',
          default: '',
          maxLength: 20_000,
          description:
            'As written by ssh-keygen, including its first and last line, and without a passphrase. It is stored encrypted.',
        }),
        folder: Type.String({
          title: 'Folder',
          default: '',
          maxLength: 500,
          pattern: '^[^\\0\\r\\n]*$',
          description:
            'Relative to the home folder of the user, or from the root with a leading slash. If only the last folder is missing, it is created.',
        }),
        fingerprint: Type.String({
          title: 'Server key fingerprint',
          default: '',
          pattern: `(${FINGERPRINT})|^$`,
          description:
            'SHA256:…, as printed by ssh-keygen -lf. The test below shows it. Nothing is sent to a server with a different key.',
        }),
      },
      {
        ...strict,
        title: 'SFTP',
        'x-setting': { area: 'backups', isLive: true, when: ['backups.target.kind', 'sftp'] },
        description: 'A folder on a server that you reach by SSH.',
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
