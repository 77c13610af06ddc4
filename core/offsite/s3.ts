/** A bucket of S3, or of a service that speaks as it does, as a place for copies of backups. */
import type { Outbound } from '../outbound/outbound.ts';
import type { TargetConfig } from './config.ts';
import { s3Client } from './s3-client.ts';
import { type StoredFile, type Target, TargetError } from './stored-files.ts';

/** Of a thousand names each: a service that goes on and on would fill the memory. */
const MOST_PAGES = 50;

export function s3Target(config: TargetConfig['s3'], outbound: Outbound, partBytes?: number): Target {
  const client = s3Client(config, outbound, partBytes);
  const { label, put, open, discard } = client;
  return {
    label,
    list,
    put,
    open,
    async remove(name, signal) {
      await client.ask(name, { method: 'DELETE', fine: [200, 204, 404], signal });
    },
    discard,
  };

  async function list(signal: AbortSignal): Promise<StoredFile[]> {
    const found: StoredFile[] = [];
    let count = 0;
    for await (const page of client.pages(signal)) {
      found.push(...page.map(({ name, size_bytes }) => ({ name, size_bytes })));
      if (++count > MOST_PAGES) throw new TargetError(`There are more files than can be listed below ${config.prefix}`);
    }
    return found;
  }
}
