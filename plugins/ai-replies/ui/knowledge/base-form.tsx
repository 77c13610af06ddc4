/** A knowledge base: its name, how well a passage has to fit, and how long passages are. */
import { NumberInput, SimpleGrid, Slider, Stack, Text, TextInput } from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useFormats, useVersionedForm } from 'patchbay-platform/ui';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAiBase } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { BASE, BASES, type Base } from './knowledge-data.ts';

const WHOLE = 100;

interface BaseFormProps {
  base: Base | null;
  onClose(): void;
  onMade?(id: string): void;
}

export function BaseForm({ base, onClose, onMade }: BaseFormProps) {
  const { t } = useTranslation('ai-replies');
  const { percent } = useFormats();
  const floorId = useId();
  const [name, setName] = useState(base?.name ?? '');
  const [floor, setFloor] = useState(Math.round((base?.floor ?? 0) * WHOLE));
  const [chunk, setChunk] = useState(base?.chunk_tokens ?? 0);
  const [overlap, setOverlap] = useState(base?.overlap_tokens ?? 0);
  const readAgain = useReadAgain(BASES, BASE);
  const add = $api.useMutation('post', BASES);
  const change = $api.useMutation('patch', BASE);
  const path = { id: base?.id ?? '' };
  const versioned = useVersionedForm(base, {
    read: async () => (await api.GET(BASE, { params: { path } })).data,
    refresh: readAgain,
    labels: {
      name: t('form.name'),
      floor: t('bases.floor'),
      chunk_tokens: t('bases.chunk'),
      overlap_tokens: t('bases.overlap'),
    },
    textOf: (field, row) => (field === 'floor' ? percent(row.floor) : undefined),
  });
  const submit = async () => {
    if (base) {
      const body = { name: name.trim(), floor: floor / WHOLE, chunk_tokens: chunk, overlap_tokens: overlap };
      await versioned.save(body, (header, changes) => change.mutateAsync({ params: { path, header }, body: changes }));
    } else {
      const made = await add.mutateAsync({ body: { name: name.trim() } });
      onMade?.(made.id);
    }
    await readAgain();
    notifyDone(t('bases.saved'));
  };
  return (
    <FormModal
      title={t(base ? 'bases.settings' : 'bases.new')}
      action={t(base ? 'shell:save' : 'bases.make')}
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
            description={base ? undefined : t('bases.nameText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...createAiBase.name}
            error={issueOf(error, 'name')}
            required
            data-autofocus
          />
          {base && (
            <>
              <div>
                <Text size="sm" fw={500} id={floorId}>
                  {t('bases.floor')}: {percent(floor / WHOLE)}
                </Text>
                <Text size="xs" c="dimmed" mb={4}>
                  {t('bases.floorText')}
                </Text>
                <Slider value={floor} onChange={setFloor} label={null} thumbProps={{ 'aria-labelledby': floorId }} />
              </div>
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                <NumberInput
                  label={t('bases.chunk')}
                  value={chunk}
                  onChange={(value) => setChunk(Number(value) || 0)}
                  error={issueOf(error, 'chunk_tokens')}
                  {...createAiBase.chunk_tokens}
                />
                <NumberInput
                  label={t('bases.overlap')}
                  value={overlap}
                  onChange={(value) => setOverlap(Number(value) || 0)}
                  error={issueOf(error, 'overlap_tokens')}
                  {...createAiBase.overlap_tokens}
                />
              </SimpleGrid>
              <Text size="xs" c="dimmed">
                {t('bases.chunkText')}
              </Text>
            </>
          )}
        </Stack>
      )}
    </FormModal>
  );
}
