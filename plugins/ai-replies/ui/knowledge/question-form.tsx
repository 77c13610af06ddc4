/** A question of a test set, with what is to be found for it. */
import { MultiSelect, Stack, TagsInput, Textarea } from '@mantine/core';
import { $api, FormModal, findRow, issueOf, notifyDone, useRows, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createAiTestSetQuestion } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENTS, QUESTION, QUESTIONS, type TestQuestion } from './knowledge-data.ts';

interface QuestionFormProps {
  set: string;
  question: TestQuestion | null;
  onClose(): void;
}

export function QuestionForm({ set, question, onClose }: QuestionFormProps) {
  const { t } = useTranslation('ai-replies');
  const { data: all = [] } = useRows(DOCUMENTS);
  const [text, setText] = useState(question?.question ?? '');
  const [documents, setDocuments] = useState(question?.documents ?? []);
  const [passage, setPassage] = useState(question?.passage ?? '');
  const [words, setWords] = useState(question?.answer_words ?? []);
  const readAgain = useReadAgain(QUESTIONS);
  const add = $api.useMutation('post', QUESTIONS);
  const change = $api.useMutation('patch', QUESTION);
  const versioned = useVersionedForm(question, {
    read: () => findRow(QUESTIONS, { at: { id: set } }, ({ id }) => id === question?.id),
    refresh: readAgain,
    labels: {
      question: t('drafts.question'),
      documents: t('tests.documents'),
      passage: t('tests.passage'),
      answer_words: t('tests.words'),
    },
    textOf: (field, row) => (field === 'documents' ? namesOf(row.documents) : undefined),
  });
  const namesOf = (ids: readonly string[]) => ids.map((id) => all.find((one) => one.id === id)?.name ?? id).join(', ');
  const submit = async () => {
    const body = { question: text.trim(), documents, passage: passage.trim(), answer_words: words };
    if (question) {
      const path = { id: set, question_id: question.id };
      await versioned.save(body, (header, changes) => change.mutateAsync({ params: { path, header }, body: changes }));
    } else await add.mutateAsync({ params: { path: { id: set } }, body });
    await readAgain();
    notifyDone(t('tests.questionSaved'));
  };
  return (
    <FormModal
      title={t(question ? 'tests.changeQuestion' : 'tests.addQuestion')}
      action={t('shell:save')}
      size="lg"
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={text.trim() !== '' && (documents.length > 0 || passage.trim() !== '')}
    >
      {(error) => (
        <Stack gap="sm">
          <Textarea
            label={t('drafts.question')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            maxRows={4}
            {...createAiTestSetQuestion.question}
            required
            error={issueOf(error, 'question')}
            data-autofocus
          />
          <MultiSelect
            label={t('tests.documents')}
            description={t('tests.documentsText')}
            data={all.map(({ id, name }) => ({ value: id, label: name }))}
            value={documents}
            onChange={setDocuments}
            maxValues={createAiTestSetQuestion.documents.maxItems}
            searchable
          />
          <Textarea
            label={t('tests.passage')}
            description={t('tests.passageText')}
            value={passage}
            onChange={(event) => setPassage(event.currentTarget.value)}
            autosize
            maxRows={6}
            {...createAiTestSetQuestion.passage}
            error={issueOf(error, 'passage')}
          />
          <TagsInput
            label={t('tests.words')}
            description={t('tests.wordsText')}
            value={words}
            onChange={setWords}
            maxTags={createAiTestSetQuestion.answer_words.maxItems}
          />
        </Stack>
      )}
    </FormModal>
  );
}
