/** A question with its answer: written, corrected, approved. */
import { Select, Stack, Textarea } from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeAiAnswer } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { ANSWER, ANSWERS, type SavedAnswer } from './knowledge-data.ts';

const STATES = changeAiAnswer.state.values;

export function AnswerForm({ answer, onClose }: { answer: SavedAnswer | null; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const [question, setQuestion] = useState(answer?.question ?? '');
  const [text, setText] = useState(answer?.answer ?? '');
  // Who corrects a suggestion wants it used.
  const [state, setState] = useState<SavedAnswer['state']>(answer?.state === 'rejected' ? 'rejected' : 'approved');
  const readAgain = useReadAgain(ANSWERS);
  const add = $api.useMutation('post', ANSWERS);
  const change = $api.useMutation('patch', ANSWER);
  const path = { id: answer?.id ?? '' };
  const versioned = useVersionedForm(answer, {
    read: async () => (await api.GET(ANSWER, { params: { path } })).data,
    refresh: readAgain,
    labels: { question: t('drafts.question'), answer: t('drafts.answer'), state: t('tools.state') },
    textOf: (field, row) => (field === 'state' ? t(`answerState.${row.state}`) : undefined),
  });
  const submit = async () => {
    const body = { question: question.trim(), answer: text.trim(), state };
    if (answer) {
      await versioned.save(body, (header, changes) => change.mutateAsync({ params: { path, header }, body: changes }));
    } else await add.mutateAsync({ body });
    await readAgain();
    notifyDone(t('answers.saved'));
  };
  return (
    <FormModal
      title={t(answer ? 'answers.change' : 'answers.new')}
      action={t('shell:save')}
      size="lg"
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={question.trim() !== '' && text.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          <Textarea
            label={t('drafts.question')}
            value={question}
            onChange={(event) => setQuestion(event.currentTarget.value)}
            autosize
            maxRows={4}
            required
            error={issueOf(error, 'question')}
            data-autofocus
          />
          <Textarea
            label={t('drafts.answer')}
            description={t('answers.answerText')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={3}
            maxRows={12}
            required
            error={issueOf(error, 'answer')}
          />
          <Select
            label={t('tools.state')}
            data={STATES.map((value) => ({ value, label: t(`answerState.${value}`) }))}
            value={state}
            onChange={(value) => setState(STATES.find((one) => one === value) ?? state)}
            allowDeselect={false}
          />
        </Stack>
      )}
    </FormModal>
  );
}
