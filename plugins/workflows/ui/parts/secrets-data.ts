/** Secrets of workflows as pages know them: by their names, and by when they were set. */
import { findRow, type RowOf, useFormats, useVersionedForm } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';

export const SECRETS = '/api/platform/workflow-secrets';
export const SECRET = '/api/platform/workflow-secrets/{name}';
export type Secret = RowOf<typeof SECRETS>;

/** Of one that somebody else may set meanwhile; null: a new one. */
export function useVersionedSecret(secret: Secret | null) {
  const { t } = useTranslation('workflows');
  const { dateTime } = useFormats();
  return useVersionedForm(secret && asSeen(secret), {
    read: async () => {
      const now = await findRow(SECRETS, { query: { name: secret?.name ?? '' } }, ({ name }) => name === secret?.name);
      return now && asSeen(now);
    },
    refresh: useRefresh(),
    labels: { value: t('secrets.value') },
    textOf: (_field, { updated_at }) =>
      t('secrets.another', { when: updated_at === null ? '–' : dateTime(updated_at) }),
  });
}

/** Values are not shown, but another one has another version. */
function asSeen(secret: Secret) {
  return { ...secret, value: secret.version };
}
