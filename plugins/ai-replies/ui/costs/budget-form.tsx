/** A new budget, or another amount for one that there is. */
import { NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addAiBudget } from '../bounds.ts';
import { BUDGETS, type Budget, useReadAgain } from '../parts/ai-data.ts';
import { useSubjects } from './subjects.ts';

const KINDS = addAiBudget.kind.values;
const PERIODS = addAiBudget.period.values;
const EACH = '*';

interface BudgetFormProps {
  budget: Budget | null;
  currency: string;
  onClose(): void;
}

export function BudgetForm({ budget, currency, onClose }: BudgetFormProps) {
  const { t } = useTranslation('ai-replies');
  const { robots } = useSubjects();
  const [kind, setKind] = useState<Budget['kind']>(budget?.kind ?? 'tenant');
  const [subject, setSubject] = useState(budget?.subject || EACH);
  const [period, setPeriod] = useState<Budget['period']>(budget?.period ?? 'month');
  const [amount, setAmount] = useState(budget?.amount ?? 0);
  const readAgain = useReadAgain(BUDGETS);
  const add = $api.useMutation('post', BUDGETS);
  const change = $api.useMutation('patch', '/api/platform/ai/budgets/{id}');
  const versioned = useVersionedForm(budget, {
    read: async () => (await api.GET(BUDGETS)).data?.items.find(({ id }) => id === budget?.id),
    refresh: readAgain,
    labels: { amount: t('budgets.amount', { currency }) },
  });
  const submit = async () => {
    if (budget) {
      const body = { amount };
      await versioned.save(body, (header) => change.mutateAsync({ params: { path: { id: budget.id }, header }, body }));
    } else {
      const whose = kind === 'tenant' ? {} : { subject: subject.trim() };
      await add.mutateAsync({ body: { kind, period, amount, ...whose } });
    }
    await readAgain();
    notifyDone(t('budgets.saved'));
  };
  return (
    <FormModal
      title={t(budget ? 'budgets.change' : 'budgets.add')}
      action={t(budget ? 'shell:save' : 'budgets.add')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={amount > 0 && subject.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          {!budget && (
            <>
              <Select
                label={t('budgets.of')}
                data={KINDS.map((value) => ({ value, label: t(`budgets.kind.${value}`) }))}
                value={kind}
                onChange={(value) => {
                  setKind(KINDS.find((one) => one === value) ?? kind);
                  setSubject(EACH);
                }}
                allowDeselect={false}
              />
              {kind === 'robot' && (
                <Select
                  label={t('group.robot')}
                  data={[{ value: EACH, label: t('budgets.each.robot') }, ...robots]}
                  value={subject}
                  onChange={(value) => setSubject(value ?? EACH)}
                  allowDeselect={false}
                  searchable
                />
              )}
              {(kind === 'contact' || kind === 'workflow') && (
                <TextInput
                  label={t(`group.${kind}`)}
                  description={t('budgets.subjectText')}
                  value={subject}
                  onChange={(event) => setSubject(event.currentTarget.value)}
                  {...addAiBudget.subject}
                  error={issueOf(error, 'subject')}
                  required
                />
              )}
              <Select
                label={t('budgets.period')}
                data={PERIODS.map((value) => ({ value, label: t(`budgets.per.${value}`) }))}
                value={period}
                onChange={(value) => setPeriod(PERIODS.find((one) => one === value) ?? period)}
                allowDeselect={false}
              />
            </>
          )}
          <NumberInput
            label={t('budgets.amount', { currency })}
            description={t('budgets.amountText')}
            value={amount}
            onChange={(value) => setAmount(Number(value) || 0)}
            min={0}
            decimalScale={6}
            error={issueOf(error, 'amount')}
            required
            data-autofocus
          />
        </Stack>
      )}
    </FormModal>
  );
}
