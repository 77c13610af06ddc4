/** A page of the web as a document: its address, and how often it is read again. */
import { Select, Stack, TextInput } from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAiDocument } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENT, DOCUMENTS, type KnowledgeDocument } from './knowledge-data.ts';
import { SCHEDULE_NAMES, SCHEDULES, scheduleName } from './schedules.ts';

interface PageFormProps {
  base: string;
  document: KnowledgeDocument | null;
  onClose(): void;
}

export function PageForm({ base, document, onClose }: PageFormProps) {
  const { t } = useTranslation('ai-replies');
  const [name, setName] = useState(document?.name ?? '');
  const [url, setUrl] = useState(document?.url ?? 'https://');
  const [schedule, setSchedule] = useState<string | null>(document ? document.schedule : SCHEDULES.daily);
  const readAgain = useReadAgain(DOCUMENTS, DOCUMENT);
  const add = $api.useMutation('post', DOCUMENTS);
  const change = $api.useMutation('patch', DOCUMENT);
  const isPage = document === null || document.url !== null;
  const path = { id: document?.id ?? '' };
  const scheduleText = (written: string | null) => {
    const named = scheduleName(written);
    return named === null ? (written ?? '') : t(`schedule.${named}`);
  };
  const versioned = useVersionedForm(document, {
    read: async () => (await api.GET(DOCUMENT, { params: { path } })).data,
    refresh: readAgain,
    labels: { url: t('models.address'), name: t('form.name'), schedule: t('documents.schedule') },
    textOf: (field, row) => (field === 'schedule' ? scheduleText(row.schedule) : undefined),
  });
  const submit = async () => {
    const named = name.trim() === '' ? {} : { name: name.trim() };
    const page = isPage ? { url: url.trim(), schedule } : {};
    if (document)
      await versioned.save({ ...named, ...page }, (header, body) =>
        change.mutateAsync({ params: { path, header }, body }),
      );
    else await add.mutateAsync({ body: { base_id: base, ...named, ...page } });
    await readAgain();
    notifyDone(t(document ? 'documents.saved' : 'documents.reading'));
  };
  const known = scheduleName(schedule);
  return (
    <FormModal
      title={t(document ? 'documents.change' : 'documents.addPage')}
      action={t(document ? 'shell:save' : 'documents.add')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={isPage ? /^https?:\/\/./.test(url) : name.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          {isPage && (
            <TextInput
              label={t('models.address')}
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
              {...createAiDocument.url}
              error={issueOf(error, 'url')}
              required
              data-autofocus
            />
          )}
          <TextInput
            label={t('form.name')}
            description={isPage ? t('documents.nameText') : undefined}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...createAiDocument.name}
            error={issueOf(error, 'name')}
          />
          {isPage && (
            <Select
              label={t('documents.schedule')}
              data={[
                ...SCHEDULE_NAMES.map((value) => ({ value, label: t(`schedule.${value}`) })),
                ...(known === null && schedule !== null ? [{ value: schedule, label: schedule }] : []),
              ]}
              value={known ?? schedule}
              onChange={(value) => {
                const chosen = SCHEDULE_NAMES.find((one) => one === value);
                setSchedule(chosen ? SCHEDULES[chosen] : value);
              }}
              allowDeselect={false}
              error={issueOf(error, 'schedule')}
            />
          )}
        </Stack>
      )}
    </FormModal>
  );
}
