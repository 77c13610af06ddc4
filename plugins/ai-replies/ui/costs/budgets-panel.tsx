/** Budgets: how much of each is used, told of at 50, 80 and 100 %, and a stop at the end. */
import { ActionIcon, Button, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { $api, api, Loaded, later, notifyDone, notifyFailed, Panel, useLiveRefresh } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BUDGETS, type Budget, useReadAgain } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';
import { useMayAdminister } from '../parts/rights.ts';
import { useSubjects } from './subjects.ts';

const BudgetForm = later(() => import('./budget-form.tsx').then(({ BudgetForm }) => BudgetForm));
const NEAR = 0.8;
const HALF = 0.5;

export function BudgetsPanel() {
  const { t } = useTranslation('ai-replies');
  const mayChange = useMayAdminister();
  const budgets = $api.useQuery('get', BUDGETS);
  const [edited, setEdited] = useState<Budget | 'new' | null>(null);
  useLiveRefresh(['ai.limit.reached', 'ai.reply.generated'], () => budgets.refetch());
  return (
    <Panel
      title={t('budgets.title')}
      actions={
        mayChange && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setEdited('new')}
          >
            {t('budgets.add')}
          </Button>
        )
      }
    >
      <Loaded of={budgets} lines={2}>
        {({ items, currency }) => (
          <>
            <Text size="sm" c="dimmed">
              {t(items.length === 0 ? 'budgets.noneText' : 'budgets.intro')}
            </Text>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="lg">
              {items.map((budget) => (
                <BudgetItem
                  key={budget.id}
                  budget={budget}
                  currency={currency}
                  {...(mayChange && { onEdit: () => setEdited(budget) })}
                />
              ))}
            </SimpleGrid>
            {edited !== null && (
              <BudgetForm
                budget={edited === 'new' ? null : edited}
                currency={currency}
                onClose={() => setEdited(null)}
              />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface BudgetItemProps {
  budget: Budget;
  currency: string;
  onEdit?(): void;
}

function BudgetItem({ budget, currency, onEdit }: BudgetItemProps) {
  const { t } = useTranslation('ai-replies');
  const { amount, used, period } = budget;
  const name = useBudgetName()(budget);
  const share = (used ?? 0) / amount;
  return (
    <Stack gap={4} role="group" aria-label={name}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={500}>
          {name}
        </Text>
        {onEdit && <BudgetActions budget={budget} name={name} onEdit={onEdit} />}
      </Group>
      {used !== null && (
        <Progress
          value={Math.min(100, share * 100)}
          color={share >= 1 ? 'red' : share >= NEAR ? 'orange' : share >= HALF ? 'yellow' : 'blue'}
          aria-label={name}
        />
      )}
      <Text size="sm" c="dimmed" component="div">
        {used !== null && (
          <>
            <Cost amount={used} currency={currency} />
            {' / '}
          </>
        )}
        <Cost amount={amount} currency={currency} /> {t(`budgets.per.${period}`)}
        {share >= 1 && (
          <Text span size="sm" c="red" ml="xs">
            {t('budgets.usedUp')}
          </Text>
        )}
      </Text>
    </Stack>
  );
}

function BudgetActions({ budget, name, onEdit }: { budget: Budget; name: string; onEdit(): void }) {
  const { t } = useTranslation('ai-replies');
  const readAgain = useReadAgain(BUDGETS);
  const { id, kind, subject, period, amount } = budget;
  const restore = async () => {
    const whose = kind === 'tenant' ? {} : { subject };
    await api.POST(BUDGETS, { body: { kind, period, amount, ...whose } }).catch(notifyFailed);
    await readAgain();
  };
  const remove = async () => {
    try {
      await api.DELETE('/api/platform/ai/budgets/{id}', { params: { path: { id } } });
      notifyDone(t('budgets.removed'), () => void restore());
    } catch (error) {
      notifyFailed(error);
    }
    await readAgain();
  };
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="subtle" color="gray" aria-label={t('budgets.changeOne', { name })} onClick={onEdit}>
        <IconPencil size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('budgets.removeOne', { name })}
        onClick={() => void remove()}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}

function useBudgetName(): (budget: Budget) => string {
  const { t } = useTranslation('ai-replies');
  const subjects = useSubjects();
  return ({ kind, subject }) => {
    if (kind === 'tenant') return t('budgets.whole');
    if (subject === '*') return t(`budgets.each.${kind}`);
    return t(`budgets.one.${kind}`, { name: subjects.nameOf(kind, subject) });
  };
}
