/** A text that is written or pasted here, as a document; where there is no knowledge base yet, of a first one. */
import { Stack, Textarea, TextInput } from '@mantine/core';
import { $api, FormModal, issueOf, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAiDocument } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { BASES, DOCUMENTS } from './knowledge-data.ts';

interface TextFormProps {
  /** Null: one is made for it. */
  base: string | null;
  onClose(): void;
  onMade?(base: string): void;
}

export function TextForm({ base, onClose, onMade }: TextFormProps) {
  const { t } = useTranslation('ai-replies');
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  /** Stays when the document is refused: the next try makes no second one. */
  const [made, setMade] = useState(base);
  const readAgain = useReadAgain(DOCUMENTS, BASES);
  const add = $api.useMutation('post', DOCUMENTS);
  const addBase = $api.useMutation('post', BASES);
  const submit = async () => {
    const id = made ?? (await addBase.mutateAsync({ body: { name: t('bases.first') } })).id;
    setMade(id);
    await add.mutateAsync({ body: { base_id: id, text, ...(name.trim() !== '' && { name: name.trim() }) } });
    onMade?.(id);
    await readAgain();
    notifyDone(t('documents.reading'));
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
