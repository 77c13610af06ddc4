/** The questions of a test set. */
import { Anchor, Button } from '@mantine/core';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { api, DataTable, EmptyState, later, Panel, useRows } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DOCUMENTS, QUESTION, QUESTIONS, type TestQuestion } from './knowledge-data.ts';

const QuestionForm = later(() => import('./question-form.tsx').then(({ QuestionForm }) => QuestionForm));

export function QuestionsPanel({ set }: { set: string }) {
  const { t } = useTranslation('ai-replies');
  const [edited, setEdited] = useState<TestQuestion | 'new' | null>(null);
  const { data: documents = [] } = useRows(DOCUMENTS);
  const names = new Map(documents.map(({ id, name }) => [id, name]));
  return (
    <Panel
      title={t('tests.questions')}
      actions={
        <Button size="xs" variant="default" onClick={() => setEdited('new')}>
          {t('tests.addQuestion')}
        </Button>
      }
    >
      <DataTable
        list={QUESTIONS}
        at={{ id: set }}
        label={t('tests.questions')}
        rowKey={({ id }) => id}
        columns={[
          {
            id: 'question',
            title: t('drafts.question'),
            width: 1.6,
            cell: (question) => (
              <Anchor
                component="button"
                type="button"
                size="sm"
                ta="start"
                lineClamp={1}
                onClick={() => setEdited(question)}
              >
                {question.question}
              </Anchor>
            ),
          },
          {
            id: 'documents',
            title: t('documents.title'),
            onPhone: true,
            cell: (question) => question.documents.map((id) => names.get(id) ?? id).join(', ') || '–',
          },
          { id: 'passage', title: t('tests.passageColumn'), cell: ({ passage }) => passage || '–' },
          { id: 'words', title: t('runs.words'), cell: ({ answer_words }) => answer_words.join(', ') || '–' },
        ]}
        bulk={[
          {
            id: 'delete',
            title: t('documents.delete'),
            color: 'red',
            icon: <IconTrash size={16} />,
            question: (count) => t('tests.deleteMany', { count }),
            run: ({ id }) => api.DELETE(QUESTION, { params: { path: { id: set, question_id: id } } }),
          },
        ]}
        empty={<EmptyState title={t('tests.noQuestions')} text={t('tests.noQuestionsText')} />}
      />
      {edited !== null && (
        <QuestionForm set={set} question={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </Panel>
  );
}
