/** Where the bytes of mail and files lie that are no rows. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false, default: {} };

export const StorageConfig = Type.Object(
  {
    kind: Type.Enum(['folder', 's3'], {
      default: 'folder',
      description:
        'Where bytes go: folder is dataDir, which replicas then share, and a bucket that is named is still read; s3 is a bucket, to which what lies in the folder is moved.',
    }),
    rowBytes: Type.Integer({
      default: 65_536,
      minimum: 0,
      maximum: 262_144,
      description: 'With s3: what is no larger is a row of the database, on both kinds, and needs no bucket.',
    }),
    s3: Type.Object(
      {
        endpoint: Type.String({
          default: '',
          pattern: '^(https?://[^/?#@\\s]+(/[^?#\\s]*)?)?$',
          description: 'Address of the service, without the bucket: https://s3.eu-central-1.amazonaws.com.',
        }),
        region: Type.String({ default: 'us-east-1', minLength: 1, description: 'Services with one alone take any.' }),
        bucket: Type.String({
          default: '',
          pattern: '^([A-Za-z0-9][A-Za-z0-9._-]{1,62})?$',
          description: 'It must be there, and is used by its path.',
        }),
        prefix: Type.String({
          default: '',
          maxLength: 300,
          // An address does not keep folders of dots.
          pattern: '^((?!\\.{1,2}/)[A-Za-z0-9._-]+/)*$',
          description: 'Folder in the bucket, of this installation alone, with a slash at its end: patchbay/.',
        }),
        accessKeyId: Type.String({ default: '', description: 'May list, read, write and delete there, and no more.' }),
        secretAccessKey: Type.String({ default: '' }),
      },
      { ...strict, description: 'A bucket of S3, or of a service that speaks as it does.' },
    ),
  },
  { ...strict, description: 'Bytes of mail and files.' },
);
export type StorageConfig = Static<typeof StorageConfig>;

/** Of the bucket nothing is given, or all that it takes. */
export function hasBucket({ s3 }: StorageConfig): boolean {
  return s3.endpoint !== '';
}

/** What is missing in a configuration that its schema cannot say; null when nothing is. */
export function lackOfStorage(config: StorageConfig): string | null {
  const { kind, s3 } = config;
  if (kind === 'folder' && !hasBucket(config)) return null;
  const { endpoint, bucket, accessKeyId, secretAccessKey } = s3;
  const needed = { endpoint, bucket, accessKeyId, secretAccessKey };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === '' ? [name] : []));
  return missing.length === 0
    ? null
    : `storage.s3 is used for bytes of mail and files, so it needs ${missing.join(', ')}`;
}
