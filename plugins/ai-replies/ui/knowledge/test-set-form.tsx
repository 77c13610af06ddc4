/** A test set: its name, which bases are asked, and how many passages are looked at. */
import { MultiSelect, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { $api, FormModal, issueOf, tellDone, useRows } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
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
  const submit = async () => {
    const body = { name: name.trim(), bases, k };
    if (set) {
      const params = { path: { id: set.id }, header: { 'If-Match': `"${set.version}"` } };
      await change.mutateAsync({ params, body });
    } else onMade?.((await add.mutateAsync({ body })).id);
    await readAgain();
    tellDone(t('tests.saved'));
  };
  return (
    <FormModal
      title={t(set ? 'tests.change' : 'tests.new')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isReady={name.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('form.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={100}
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
            {...{ min: 1, max: 20, allowDecimal: false }}
          />
        </Stack>
      )}
    </FormModal>
  );
}
