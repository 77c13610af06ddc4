/** All that was decided about what contacts have said: answers, and why there was none. */
import { Anchor, Modal, Stack, Text } from '@mantine/core';
import { DataTable, EmptyState, Facts, Link, Mono, State, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSubjects } from '../costs/subjects.ts';
import { useProviders } from '../parts/ai-data.ts';
import { Cost } from '../parts/cost.tsx';
import { PlaceOf } from '../parts/passage.tsx';
import { companionOf, REPLIES, REPLY_LOOKS, REPLY_STATES, REPLY_TOPICS, type Reply } from './replies-data.ts';

const MILLION = 1_000_000;

export function AllReplies() {
  const { t } = useTranslation('ai-replies');
  const subjects = useSubjects();
  const [open, setOpen] = useState<Reply | null>(null);
  return (
    <>
      <DataTable
        list={REPLIES}
        label={t('drafts.all')}
        rowKey={({ id }) => id}
        live={REPLY_TOPICS}
        filters={[
          {
            name: 'state',
            title: t('tools.state'),
            choices: REPLY_STATES.map((value) => ({ value, label: t(`replyState.${value}`) })),
          },
          { name: 'robot_id', title: t('group.robot'), choices: subjects.robots },
        ]}
        columns={[
          {
            id: 'question',
            title: t('drafts.question'),
            width: 1.6,
            cell: (reply) => (
              <Anchor
                component="button"
                type="button"
                size="sm"
                ta="start"
                lineClamp={1}
                onClick={() => setOpen(reply)}
              >
                {reply.question || '–'}
              </Anchor>
            ),
          },
          { id: 'person', title: t('group.contact'), width: 0.9, cell: (reply) => companionOf(reply) || '–' },
          {
            id: 'state',
            title: t('tools.state'),
            onPhone: true,
            width: 0.8,
            cell: ({ state }) => <State value={REPLY_LOOKS[state]} text={t(`replyState.${state}`)} />,
          },
          {
            id: 'text',
            title: t('drafts.answer'),
            width: 1.8,
            cell: (reply) => reply.text || <Reason of={reply} />,
          },
          {
            id: 'robot',
            title: t('group.robot'),
            width: 0.8,
            cell: ({ robot_id }) => subjects.nameOf('robot', robot_id),
          },
          {
            id: 'when',
            title: t('calls.when'),
            onPhone: true,
            width: 0.8,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('drafts.nothing')} text={t('drafts.nothingText')} />}
      />
      {open && <ReplyDialog reply={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Reason({ of: { reason } }: { of: Reply }) {
  const { t } = useTranslation('ai-replies');
  return reason === '' ? '–' : t(`reason.${reason}`, { defaultValue: reason });
}

function ReplyDialog({ reply, onClose }: { reply: Reply; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const currency = useProviders().data?.currency ?? 'CNY';
  const { state, reason, question, text, sources, provider, model, micros, created_at, sent_at } = reply;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('drafts.answer')}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Stack gap="sm">
        <Facts
          of={[
            [t('group.contact'), companionOf(reply) || '–'],
            [t('drafts.question'), question || '–'],
            [t('drafts.answer'), text || '–'],
            [t('tools.state'), <State key="state" value={REPLY_LOOKS[state]} text={t(`replyState.${state}`)} />],
            reason !== '' && [t('drafts.reason'), <Reason key="reason" of={reply} />],
            provider !== null && [
              t('models.model'),
              <Mono key="model">{[provider, model].filter(Boolean).join(' · ')}</Mono>,
            ],
            provider !== null && [t('costs.cost'), <Cost key="cost" amount={micros / MILLION} currency={currency} />],
            [t('calls.when'), <Time key="when" at={created_at} />],
            sent_at !== null && [t('drafts.sentAt'), <Time key="sent" at={sent_at} />],
          ]}
        />
        {sources.length > 0 && (
          <div>
            <Text size="sm" c="dimmed">
              {t('drafts.sources')}
            </Text>
            {sources.map((source) => (
              <PlaceOf key={source.id} of={source} />
            ))}
          </div>
        )}
        <Anchor component={Link} to={`/inbox?conversation=${reply.conversation_id}`} size="sm">
          {t('tools.toConversation')}
        </Anchor>
      </Stack>
    </Modal>
  );
}
