/** The state of an execution, a task or a workflow, in words. */
import { State } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export const PHASES = ['pending', 'running', 'waiting', 'suspended', 'cancelled', 'faulted', 'completed'] as const;

export function Phase({ value }: { value: string }) {
  const { t } = useTranslation('workflows');
  return <State value={value} text={t(`state.${value}`)} />;
}

export function WorkflowState({ draft, enabled }: { draft: boolean; enabled: boolean }) {
  const { t } = useTranslation('workflows');
  const value = draft ? 'draft' : enabled ? 'active' : 'suspended';
  return <State value={value} text={t(`workflows.${draft ? 'draft' : enabled ? 'active' : 'paused'}`)} />;
}
