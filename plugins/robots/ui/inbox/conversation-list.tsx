/** The list of conversations. */
import { Badge, Button, Group, Text } from '@mantine/core';
import IconMessage from '@tabler/icons-react/dist/esm/icons/IconMessage.mjs';
import { EmptyState, Link, LongList, NotLive, paneStyle, SearchField, State, Time, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRobotTotal } from '../parts/robots-data.ts';
import type { Conversation, Inbox } from './place.ts';
import type { useConversations } from './use-conversations.ts';
import { ViewSelect } from './views.tsx';

/** About how high a row is. */
const ROW_PX = 76;

interface ConversationListProps {
  inbox: Inbox;
  list: ReturnType<typeof useConversations>;
  onOpen(id: string): void;
}

export function ConversationList({ inbox, list, onOpen }: ConversationListProps) {
  const { t } = useTranslation('robots');
  const { conversations } = list;
  const key = JSON.stringify(inbox.query);
  return (
    <section className={`${paneStyle.pane} ${paneStyle.listPane}`} aria-label={t('inbox.list')}>
      <Group gap="xs" p="xs" wrap="wrap">
        <ViewSelect inbox={inbox} />
        <NotLive />
        {(inbox.robot || inbox.team || inbox.label) && (
          <Button
            className={paneStyle.narrow}
            size="compact-sm"
            variant="default"
            onClick={() => inbox.narrow({ robot: null, team: null, label: null })}
          >
            {t('inbox.ofAll')}
          </Button>
        )}
        <SearchField
          label={t('inbox.search')}
          value={inbox.search}
          onChange={(search) => inbox.narrow({ search: search || null })}
          isMain
          keepsText
          style={{ flex: '1 1 10rem' }}
        />
      </Group>
      <LongList
        name={key}
        rows={conversations}
        keyOf={({ id }) => id}
        rowPx={ROW_PX}
        open={inbox.open}
        list={list}
        empty={<Nothing inbox={inbox} />}
        more={t('inbox.more')}
      >
        {(conversation) => <Row conversation={conversation} inbox={inbox} onOpen={onOpen} />}
      </LongList>
    </section>
  );
}

interface RowProps {
  conversation: Conversation;
  inbox: Inbox;
  onOpen(id: string): void;
}

function Row({ conversation, inbox, onOpen }: RowProps) {
  const { t } = useTranslation('robots');
  const { id, state, unread, last_text, last_message_at, assignee, labels, loop } = conversation;
  const isOpen = inbox.open === id;
  return (
    <Link
      to={inbox.addressOf(id)}
      className={paneStyle.row}
      data-conversation={id}
      data-unread={unread > 0 || undefined}
      data-open={isOpen || undefined}
      aria-current={isOpen || undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        onOpen(id);
      }}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text component="span" size="sm" fw={unread > 0 ? 700 : 500} truncate>
          {conversation.person || conversation.contact_name}
          {conversation.group && ` · ${conversation.group}`}
        </Text>
        <Text component="span" size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          <Time at={last_message_at} style="ago" />
        </Text>
      </Group>
      <Text component="span" display="block" size="xs" c="dimmed" truncate>
        {last_text || t('inbox.noText')}
      </Text>
      <Group gap={4} mt={2}>
        {unread > 0 && (
          <Badge size="xs" radius="sm" tt="none">
            {t('inbox.unread', { count: unread })}
          </Badge>
        )}
        {state !== 'open' && <State value={state} text={t(`inbox.state.${state}`)} />}
        {loop && <State value="failed" text={t('inbox.loop')} />}
        {assignee && (
          <Text component="span" size="xs" c="dimmed" truncate>
            {assignee.name}
          </Text>
        )}
        {labels.map((label) => (
          <Badge key={label} size="xs" variant="default" radius="sm" tt="none">
            {label}
          </Badge>
        ))}
      </Group>
    </Link>
  );
}

function Nothing({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation('robots');
  if (inbox.search || inbox.robot || inbox.label) return <EmptyState title={t('inbox.nothingFound')} />;
  if (inbox.view !== 'inbox') return <EmptyState title={t('inbox.nothingHere')} />;
  return <Nobody />;
}

/** Without a robot nobody can write: that is the next step then. */
function Nobody() {
  const { t } = useTranslation('robots');
  const may = useMay();
  const robots = useRobotTotal();
  const hasNone = robots.data?.items.length === 0;
  return (
    <EmptyState
      icon={<IconMessage size={24} />}
      title={t(hasNone ? 'inbox.noRobot' : 'inbox.empty')}
      text={t(hasNone ? 'inbox.noRobotText' : 'inbox.emptyText')}
      action={
        may('robots.robots') && (
          <Button component={Link} to={hasNone ? '/assistants?new=1' : '/assistants'} variant="default">
            {t(hasNone ? 'list.new' : 'inbox.toRobots')}
          </Button>
        )
      }
    />
  );
}
