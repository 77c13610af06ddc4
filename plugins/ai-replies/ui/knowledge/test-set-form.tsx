/** A test set: its name, which bases are asked, and how many passages are looked at. */
import { MultiSelect, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useRows, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAiTestSet } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { BASES, TEST_SET, TEST_SETS, type TestSet } from './knowledge-data.ts';

const USUAL_K = 5;

interface TestSetFormProps {
  set: TestSet | null;
  onClose(): void;
  onMade?(id: string): void;
}

export function TestSetForm({ set, onClose, onMade }: TestSetFormProps) {
  const { t } = useTranslation('ai-replies');
  const { data: all = [] } = useRows(BASES);
  const [name, setName] = useState(set?.name ?? '');
  const [bases, setBases] = useState<string[] | null>(set?.bases ?? null);
  const [k, setK] = useState(set?.k ?? USUAL_K);
  const readAgain = useReadAgain(TEST_SETS, TEST_SET);
  const add = $api.useMutation('post', TEST_SETS);
  const change = $api.useMutation('patch', TEST_SET);
  const path = { id: set?.id ?? '' };
  const namesOf = (ids: readonly string[] | null) =>
    ids === null ? t('tests.allBases') : ids.map((id) => all.find((one) => one.id === id)?.name ?? id).join(', ');
  const versioned = useVersionedForm(set, {
    read: async () => (await api.GET(TEST_SET, { params: { path } })).data,
    refresh: readAgain,
    labels: { name: t('form.name'), bases: t('bases.title'), k: t('tests.k') },
    textOf: (field, row) => (field === 'bases' ? namesOf(row.bases) : undefined),
  });
  const submit = async () => {
    const body = { name: name.trim(), bases, k };
    if (set) {
      await versioned.save(body, (header, changes) => change.mutateAsync({ params: { path, header }, body: changes }));
    } else onMade?.((await add.mutateAsync({ body })).id);
    await readAgain();
    notifyDone(t('tests.saved'));
  };
  return (
    <FormModal
      title={t(set ? 'tests.change' : 'tests.new')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={name.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('form.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...createAiTestSet.name}
            required
            error={issueOf(error, 'name')}
            data-autofocus
          />
          <Switch
            label={t('tests.allBases')}
            checked={bases === null}
            onChange={(event) => setBases(event.currentTarget.checked ? null : [])}
          />
          {bases !== null && (
            <MultiSelect
              label={t('bases.title')}
              data={all.map(({ id, name: title }) => ({ value: id, label: title }))}
              value={bases}
              onChange={setBases}
              searchable
            />
          )}
          <NumberInput
            label={t('tests.k')}
            description={t('tests.kText')}
            value={k}
            onChange={(value) => setK(Number(value) || 1)}
            {...createAiTestSet.k}
          />
        </Stack>
      )}
    </FormModal>
  );
}
