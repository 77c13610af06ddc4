/** The state of an execution or a task, in words. */
import { State } from 'patchbay/ui';
import { useTranslation } from 'react-i18next';

export const PHASES = ['pending', 'running', 'waiting', 'suspended', 'cancelled', 'faulted', 'completed'] as const;

export function Phase({ value }: { value: string }) {
  const { t } = useTranslation('workflows');
  return <State value={value} text={t(`state.${value}`)} />;
}
