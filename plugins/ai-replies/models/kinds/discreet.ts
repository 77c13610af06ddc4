/** What fails with a provider is shown to everybody who may see calls: without what opens the provider, and where others' is. */
import { messageOf } from '#core/kit.ts';
import { withoutSecrets } from '../../redact.ts';
import { NoSuchSession, ProviderFailure } from './kind.ts';

/** IPv4 and IPv6, with a port or without. */
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b|\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}\]?(?::\d{1,5})?/gi;

/** Does it; what it throws says nothing of the secrets. */
export async function discreetly<T>(secrets: readonly string[], work: () => Promise<T>): Promise<T> {
  return changed(work, (said) => withoutSecrets(said, secrets));
}

/** The same for a provider that is somebody else's: nor where it is. */
export async function withoutAddress<T>(baseUrl: string, work: () => Promise<T>): Promise<T> {
  const { host, hostname } = new URL(baseUrl);
  return changed(work, (said) => withoutSecrets(said, [baseUrl, host, hostname]).replace(ADDRESS, '***'));
}

async function changed<T>(work: () => Promise<T>, change: (said: string) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = messageOf(error);
    const message = change(said);
    if (message === said || error instanceof NoSuchSession) throw error;
    throw new ProviderFailure(message, error instanceof ProviderFailure ? error : {});
  }
}
