/** Removing a provider: its key is gone with it, so nothing brings it back. */
import { $api, Confirm, notifyDone } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { PROVIDER, PROVIDERS, type Provider, useReadAgain } from '../parts/ai-data.ts';

export function RemoveProvider({ provider: { name }, onClose }: { provider: Provider; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const remove = $api.useMutation('delete', PROVIDER);
  const readAgain = useReadAgain(PROVIDERS);
  return (
    <Confirm
      title={t('models.removeOne', { name })}
      name={null}
      action={t('models.remove')}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync({ params: { path: { name } } });
        await readAgain();
        notifyDone(t('models.removed', { name }));
      }}
    >
      {t('models.removeText')}
    </Confirm>
  );
}
