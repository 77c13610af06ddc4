/** Removes a workflow with all that belongs to it, if it is still as it was seen. */
import { useQueryClient } from '@tanstack/react-query';
import { api, Confirm, useRouter, useVersionedForm } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';
import type { WorkflowView } from './workflow-data.ts';

const WORKFLOW = '/api/platform/workflows/{namespace}/{name}';

export function WorkflowRemoval({ workflow, onClose }: { workflow: WorkflowView; onClose(): void }) {
  const { t } = useTranslation('workflows');
  const client = useQueryClient();
  const { go } = useRouter();
  const { namespace, name } = workflow;
  const path = { namespace, name };
  const versioned = useVersionedForm(seen(workflow), {
    read: async () => {
      const { data } = await api.GET(WORKFLOW, { params: { path } });
      return data && seen(data);
    },
    refresh: useRefresh(),
    labels: { active: t('workflows.version'), enabled: t('workflows.state') },
    textOf: (field, { enabled }) => (field === 'enabled' ? t(`workflows.${enabled ? 'active' : 'paused'}`) : undefined),
  });
  return (
    <Confirm
      title={t('workflow.removeTitle', { name })}
      name={name}
      action={t('workflow.remove')}
      isOpen
      onClose={onClose}
      versioned={versioned}
      onConfirm={async () => {
        await versioned.act((header) => api.DELETE(WORKFLOW, { params: { path, header } }));
        go('/automations/workflows', { replace: true });
        // Not what is gone: the list alone is read again.
        await client.invalidateQueries({ queryKey: ['get', '/api/platform/workflows'] });
      }}
    >
      {t('workflow.removeText')}
    </Confirm>
  );
}

function seen({ version, enabled, etag }: WorkflowView) {
  return { version: etag, active: version, enabled };
}
