/** With whom, through which robot, whose it is; closing, putting aside, handing on, labels. */
import { ActionIcon, Button, Group, Menu, TagsInput, Text, Title } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs';
import { MoreMenu, State, Time, useMe, useRows } from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeConversation } from '../bounds.ts';
import { TEAMS, useColleagues } from '../teams/teams-data.ts';
import type { ContactPanelState } from './contact-panel-state.ts';
import type { ConversationActions } from './conversation-actions.ts';
import classes from './inbox.module.css';
import { OthersHere } from './others-here.tsx';
import { CONVERSATION, type Conversation } from './place.ts';
import type { Present } from './presence.ts';
import { RobotLine } from './robot-line.tsx';

const HOUR_MS = 3600_000;
const MORNING = 9;

interface HeadProps extends ActingProps {
  /** Leads to the list where there is one pane at a time. */
  back: ReactNode;
  contact: ContactPanelState;
  others: readonly Present[];
}

interface ActingProps {
  conversation: Conversation;
  actions: ConversationActions;
}

export function ConversationHead({ back, conversation, actions, others, contact }: HeadProps) {
  const { t } = useTranslation('robots');
  const { id, person, group, state, assignee, team, labels, rating, snoozed_until } = conversation;
  const isClosed = state === 'closed';
  // On a telephone alone; elsewhere they are always there.
  const [areDetailsShown, setDetailsShown] = useState(false);
  return (
    <div className={classes.head}>
      <Group align="flex-start" gap="xs" wrap="nowrap" className={classes.headLine}>
        {back}
        <div className={classes.with}>
          <Title order={2} size="h4" lineClamp={1}>
            {person || conversation.contact_name}
            {group && ` · ${group}`}
          </Title>
          <Text size="xs" c="dimmed" component="div">
            <RobotLine conversation={conversation} />
            {rating !== null && t('inbox.rated', { rating })}
          </Text>
          <OthersHere others={others} />
        </div>
        <Group gap="xs" wrap="nowrap">
          {isClosed ? (
            <Button size="xs" variant="default" onClick={() => void actions.change(conversation, { state: 'open' })}>
              {t('inbox.reopen')}
            </Button>
          ) : (
            <>
              <Button size="xs" variant="default" visibleFrom="sm" onClick={() => void actions.close(conversation)}>
                {t('inbox.close')}
              </Button>
              {/* On a telephone the name needs the room. */}
              <ActionIcon
                variant="default"
                size="lg"
                hiddenFrom="sm"
                aria-label={t('inbox.close')}
                title={t('inbox.close')}
                onClick={() => void actions.close(conversation)}
              >
                <IconCheck size={18} />
              </ActionIcon>
            </>
          )}
          <ActionIcon
            variant={contact.isBeside ? 'light' : 'default'}
            size="lg"
            aria-label={t('inbox.showContact')}
            aria-expanded={contact.isBeside || contact.isOver}
            title={t('inbox.showContact')}
            onClick={contact.toggle}
          >
            <IconUser size={18} />
          </ActionIcon>
          <MoreMenu size="lg" label={t('inbox.further')}>
            <Menu.Item hiddenFrom="sm" onClick={() => setDetailsShown(!areDetailsShown)}>
              {t(areDetailsShown ? 'inbox.hideDetails' : 'inbox.showDetails')}
            </Menu.Item>
            {!isClosed && (
              <>
                <Menu.Label>{t('inbox.snooze')}</Menu.Label>
                {laterTimes().map(([name, until]) => (
                  <Menu.Item key={name} onClick={() => void actions.snooze(conversation, until)}>
                    {t(`inbox.until.${name}`)}
                  </Menu.Item>
                ))}
                <Menu.Divider />
              </>
            )}
            <Menu.Item
              component="a"
              href={`${CONVERSATION.replace('{id}', id)}/export`}
              download
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              {t('inbox.export')}
            </Menu.Item>
          </MoreMenu>
        </Group>
      </Group>
      <Group gap="xs" px="sm" pb="xs" className={classes.details} data-shown={areDetailsShown || undefined}>
        <State value={state} text={t(`inbox.state.${state}`)} />
        {state === 'snoozed' && (
          <Text size="xs" c="dimmed">
            <Time at={snoozed_until} />
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {assignee ? t('inbox.with', { name: assignee.name }) : t('inbox.withNobody')}
          {team && ` · ${t('inbox.ofTeam', { name: team.name })}`}
        </Text>
        <Assign conversation={conversation} actions={actions} />
        <TagsInput
          size="xs"
          flex="1 1 10rem"
          aria-label={t('inbox.labels')}
          placeholder={labels.length === 0 ? t('inbox.addLabel') : ''}
          value={labels}
          splitChars={[',']}
          maxTags={changeConversation.labels.maxItems}
          onChange={(next) => {
            const named = next.map((label) => label.trim().slice(0, 60)).filter(Boolean);
            void actions.change(conversation, { labels: named });
          }}
        />
      </Group>
    </div>
  );
}

function Assign({ conversation, actions }: ActingProps) {
  const { t } = useTranslation('robots');
  const { user } = useMe();
  const { data: teams = [] } = useRows(TEAMS);
  const people = useColleagues();
  const { assignee, team } = conversation;
  const give = (to: { assignee?: string | null; team?: string | null }) => void actions.change(conversation, to);
  const isMine = user !== null && assignee?.id === user.id;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default">
          {t('inbox.assign')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {user && !isMine && <Menu.Item onClick={() => give({ assignee: user.id })}>{t('inbox.toMe')}</Menu.Item>}
        {assignee && <Menu.Item onClick={() => give({ assignee: null })}>{t('inbox.toNobody')}</Menu.Item>}
        {people
          .filter(({ id }) => id !== user?.id && id !== assignee?.id)
          .map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => give({ assignee: id })}>
              {name}
            </Menu.Item>
          ))}
        {teams.length > 0 && <Menu.Label>{t('inbox.teams')}</Menu.Label>}
        {team && <Menu.Item onClick={() => give({ team: null })}>{t('inbox.toNoTeam')}</Menu.Item>}
        {teams
          .filter(({ id }) => id !== team?.id)
          .map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => give({ team: id })}>
              {name}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function laterTimes(): readonly (readonly ['hour' | 'tomorrow' | 'monday', Date])[] {
  const now = new Date();
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    ['hour', new Date(now.getTime() + HOUR_MS)],
    ['tomorrow', morning(1)],
    ['monday', morning(toMonday)],
  ];
}
