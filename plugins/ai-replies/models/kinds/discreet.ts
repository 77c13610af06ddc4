/** What fails with a provider is shown to everybody who may see calls: without what opens the provider. */
import { messageOf } from '#core/errors.ts';
import { withoutSecrets } from '../../without-secrets.ts';
import { ProviderFailure } from './kind.ts';

/** Does it; what it throws says nothing of the secrets. */
export async function discreetly<T>(secrets: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = messageOf(error);
    const message = withoutSecrets(said, secrets);
    if (message === said) throw error;
    throw new ProviderFailure(message, error instanceof ProviderFailure ? error : {});
  }
}
