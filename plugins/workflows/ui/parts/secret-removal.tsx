/** Removes a secret, if it is still the one that was seen. */
import { api, Confirm } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';
import { SECRET, type Secret, useVersionedSecret } from './secrets-data.ts';

export function SecretRemoval({ secret, onClose }: { secret: Secret; onClose(): void }) {
  const { t } = useTranslation('workflows');
  const { name } = secret;
  const refresh = useRefresh();
  const versioned = useVersionedSecret(secret);
  return (
    <Confirm
      title={t('secrets.removeTitle', { name })}
      name={name}
      action={t('secrets.removeAction')}
      isOpen
      onClose={onClose}
      versioned={versioned}
      onConfirm={async () => {
        await versioned.act((header) => api.DELETE(SECRET, { params: { path: { name }, header } }));
        await refresh();
      }}
    >
      {t('secrets.removeText')}
    </Confirm>
  );
}
