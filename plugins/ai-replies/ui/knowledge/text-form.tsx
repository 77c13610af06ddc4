/** A text that is written or pasted here, as a document. */
import { Stack, Textarea, TextInput } from '@mantine/core';
import { $api, FormModal, issueOf, tellDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAiDocument } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENTS } from './knowledge-data.ts';

export function TextForm({ base, onClose }: { base: string; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const readAgain = useReadAgain(DOCUMENTS);
  const add = $api.useMutation('post', DOCUMENTS);
  const submit = async () => {
    await add.mutateAsync({ body: { base_id: base, text, ...(name.trim() !== '' && { name: name.trim() }) } });
    await readAgain();
    tellDone(t('documents.reading'));
  };
  return (
    <FormModal
      title={t('documents.addText')}
      action={t('documents.add')}
      size="lg"
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isReady={text.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('form.name')}
            description={t('documents.textNameText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...createAiDocument.name}
            error={issueOf(error, 'name')}
          />
          <Textarea
            label={t('documents.text')}
            description={t('documents.textText')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={8}
            maxRows={18}
            required
            error={issueOf(error, 'text')}
            data-autofocus
          />
        </Stack>
      )}
    </FormModal>
  );
}
