/** Asks for an answer, and puts it where it is written; or says that none is needed, or that only a person can give it. */
import { Button } from '@mantine/core';
import IconSparkles from '@tabler/icons-react/dist/esm/icons/IconSparkles.mjs';
import { notifyDone, notifyFailed, notifyWarning } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useHasModel } from '../parts/ai-data.ts';

interface Suggested {
  action: 'reply' | 'handover' | 'silent' | 'held';
  text: string;
  sources: readonly unknown[];
}

interface SuggestButtonProps {
  isBusy: boolean;
  ask(): Promise<Suggested>;
  put(text: string): void;
}

export function SuggestButton({ isBusy, ask, put }: SuggestButtonProps) {
  const { t } = useTranslation('ai-replies');
  const hasModel = useHasModel();
  const suggest = async () => {
    try {
      const { action, text, sources } = await ask();
      if (action === 'reply') {
        put(text);
        if (sources.length > 0) notifyDone(t('suggest.done', { count: sources.length }));
        else notifyWarning(t('suggest.noSource'));
      } else notifyDone(t(action === 'silent' ? 'suggest.silent' : 'suggest.handover'));
    } catch (error) {
      notifyFailed(error);
    }
  };
  // The check-list and the settings of AI say how one is set up.
  if (!hasModel) return null;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconSparkles size={14} aria-hidden />}
      loading={isBusy}
      onClick={() => void suggest()}
    >
      {t('suggest.suggest')}
    </Button>
  );
}
