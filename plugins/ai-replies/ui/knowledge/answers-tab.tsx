/** Questions with the answers that people have given: suggested ones wait for approval, approved ones cost no call of a model. */
import { Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import {
  api,
  DataTable,
  EmptyState,
  ifVersion,
  Link,
  later,
  notifyDone,
  notifyFailed,
  State,
  Time,
  useRows,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeAiAnswer } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { ANSWER, ANSWERS, type SavedAnswer } from './knowledge-data.ts';

const AnswerForm = later(() => import('./answer-form.tsx').then(({ AnswerForm }) => AnswerForm));

const STATES = changeAiAnswer.state.values;
const LOOKS = { suggested: 'waiting', approved: 'done', rejected: 'rejected' } as const;
type AnswerState = SavedAnswer['state'];

/** Whoever else has changed it keeps their change. */
function put({ id, version }: SavedAnswer, state: AnswerState) {
  return api.PATCH(ANSWER, { params: { path: { id }, header: ifVersion(version) }, body: { state } });
}

export function AnswersTab() {
  const { t } = useTranslation('ai-replies');
  const [edited, setEdited] = useState<SavedAnswer | 'new' | null>(null);
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('answers.new')}
    </Button>
  );
  return (
    <Stack gap="xl">
      <Suggested onEdit={setEdited} />
      <DataTable
        list={ANSWERS}
        label={t('answers.title')}
        rowKey={({ id }) => id}
        extra={make}
        filters={[
          {
            name: 'state',
            title: t('tools.state'),
            choices: STATES.map((value) => ({ value, label: t(`answerState.${value}`) })),
          },
        ]}
        columns={[
          {
            id: 'question',
            title: t('drafts.question'),
            width: 1.6,
            cell: (answer) => (
              <Anchor
                component="button"
                type="button"
                size="sm"
                ta="start"
                lineClamp={1}
                onClick={() => setEdited(answer)}
              >
                {answer.question}
              </Anchor>
            ),
          },
          { id: 'answer', title: t('drafts.answer'), width: 2, cell: ({ answer }) => answer },
          {
            id: 'state',
            title: t('tools.state'),
            onPhone: true,
            width: 0.8,
            cell: ({ state }) => <State value={LOOKS[state]} text={t(`answerState.${state}`)} />,
          },
          {
            id: 'changed',
            title: t('bases.changed'),
            onPhone: true,
            width: 0.8,
            cell: ({ updated_at }) => <Time at={updated_at} style="ago" />,
          },
        ]}
        bulk={[
          {
            id: 'approve',
            title: t('tools.approve'),
            icon: <IconCheck size={16} />,
            run: (answer) => put(answer, 'approved'),
          },
          {
            id: 'delete',
            title: t('documents.delete'),
            color: 'red',
            icon: <IconTrash size={16} />,
            question: (count) => t('answers.deleteMany', { count }),
            run: ({ id }) => api.DELETE(ANSWER, { params: { path: { id } } }),
          },
        ]}
        empty={<EmptyState title={t('answers.none')} text={t('answers.noneText')} />}
      />
      {edited !== null && <AnswerForm answer={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Stack>
  );
}

function Suggested({ onEdit }: { onEdit(answer: SavedAnswer): void }) {
  const { t } = useTranslation('ai-replies');
  const { data = [] } = useRows(ANSWERS, { query: { state: 'suggested' } });
  const readAgain = useReadAgain(ANSWERS);
  if (data.length === 0) return null;
  const decide = async (answer: SavedAnswer, state: AnswerState) => {
    try {
      await put(answer, state);
      const back = async () => {
        const { id } = answer;
        await api.PATCH(ANSWER, { params: { path: { id } }, body: { state: 'suggested' } }).catch(notifyFailed);
        await readAgain();
      };
      notifyDone(t(`answers.${state}`), () => void back());
    } catch (error) {
      notifyFailed(error);
    }
    await readAgain();
  };
  return (
    <section aria-label={t('answers.suggestions')}>
      <Title order={2} size="h4">
        {t('answers.suggestions')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('answers.suggestionsText')}
      </Text>
      <Stack component="ul" p={0} m={0} maw={820}>
        {data.map((answer) => (
          <Paper
            key={answer.id}
            component="li"
            withBorder
            radius="md"
            p="md"
            style={{ listStyle: 'none' }}
            aria-label={answer.question}
          >
            <Stack gap="xs">
              <Text size="sm" fw={600}>
                {answer.question}
              </Text>
              <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {answer.answer}
              </Text>
              <Group gap="xs">
                <Button size="xs" onClick={() => void decide(answer, 'approved')}>
                  {t('tools.approve')}
                </Button>
                <Button size="xs" variant="default" onClick={() => onEdit(answer)}>
                  {t('models.change')}
                </Button>
                <Button size="xs" variant="default" onClick={() => void decide(answer, 'rejected')}>
                  {t('tools.reject')}
                </Button>
                {answer.conversation_id !== null && (
                  <Anchor component={Link} to={`/inbox?conversation=${answer.conversation_id}`} size="sm">
                    {t('tools.toConversation')}
                  </Anchor>
                )}
              </Group>
            </Stack>
          </Paper>
        ))}
      </Stack>
    </section>
  );
}
