/** Publishing what is only a draft, from the page of the workflow; what is not ready is completed in the editor. */
import { api, notifyDone, notifyFailed, useRouter } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useFieldTexts } from '../editor/forms/texts.ts';
import { changeWorkflow, useAct } from './changes.ts';
import type { WorkflowView } from './workflow-data.ts';

/** `done` follows when it is published. */
export function usePublishDraft({ namespace, name, version, etag, source }: WorkflowView) {
  const { t } = useTranslation('workflows');
  const texts = useFieldTexts();
  const { go } = useRouter();
  const act = useAct();

  const missing = async (): Promise<string | null> => {
    const [{ hasNoStep, missingFields }, { data }] = await Promise.all([
      import('../editor/forms/missing-fields.ts'),
      api.GET('/api/platform/workflows/functions'),
    ]);
    if (hasNoStep(source)) return t('editor.noStep');
    const [first] = missingFields(source, data?.items ?? [], texts);
    return first ? t('editor.missing', { step: first.task.name, field: first.field }) : null;
  };
  return (done?: () => void) =>
    act(async () => {
      const why = await missing();
      if (why !== null) {
        notifyFailed(new Error(why));
        return go(`/automations/workflows/${namespace}/${name}/edit`);
      }
      await changeWorkflow({ namespace, name }, etag, { version });
      notifyDone(t('editor.published', { name, version }));
      done?.();
    });
}
