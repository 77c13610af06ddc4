/** Which conversations there are: those that wait, one's own, what is put aside, each with how many. */
import { Anchor, Badge, NavLink, Select, Text } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconMessage from '@tabler/icons-react/dist/esm/icons/IconMessage.mjs';
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs';
import { Link, paneStyle, useFormats, useMay, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useRobotChoices } from '../parts/robots-data.ts';
import { TEAMS } from '../teams/teams-data.ts';
import { type Inbox, VIEW_NAMES, type View } from './place.ts';
import { useCounts } from './use-conversations.ts';

const LABELS = '/api/platform/robots/labels';
const ICONS = {
  inbox: IconInbox,
  pending: IconAlertTriangle,
  mine: IconUser,
  unread: IconMessage,
  snoozed: IconClock,
  closed: IconCheck,
} as const;
/** More are not counted. */
const MOST_COUNTED = 1_000;

function useViewCounts(): Readonly<Record<View, number>> {
  const { data } = useCounts();
  const { open = 0, pending = 0, mine = 0, unread = 0, snoozed = 0 } = data ?? {};
  return { inbox: open + pending, pending, mine, unread, snoozed, closed: 0 };
}

export function Views({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation('robots');
  const may = useMay();
  const counts = useViewCounts();
  return (
    <nav className={`${paneStyle.pane} ${paneStyle.ways}`} aria-label={t('inbox.views')}>
      {VIEW_NAMES.map((view) => {
        const Icon = ICONS[view];
        return (
          <NavLink
            key={view}
            component="button"
            label={t(`inbox.view.${view}`)}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={<Waiting count={counts[view]} />}
            active={inbox.view === view}
            onClick={() => inbox.go(view)}
          />
        );
      })}
      <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4}>
        {t('inbox.only')}
      </Text>
      <Narrow inbox={inbox} />
      {may('robots.workingHours') && (
        <Anchor component={Link} to="/settings/working-hours" size="xs" px="sm" pt="sm" display="block">
          {t('hours.page')}
        </Anchor>
      )}
      {may('auth.organisation') && (
        <Anchor component={Link} to="/settings/organisation" size="xs" px="sm" pt="sm" display="block">
          {t('inbox.settings')}
        </Anchor>
      )}
    </nav>
  );
}

/** The same where there is no room for a pane. */
export function ViewSelect({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation('robots');
  const counts = useViewCounts();
  return (
    <Select
      className={paneStyle.narrow}
      aria-label={t('inbox.views')}
      allowDeselect={false}
      value={inbox.view}
      data={VIEW_NAMES.map((view) => ({
        value: view,
        label: counts[view] > 0 ? `${t(`inbox.view.${view}`)} (${counts[view]})` : t(`inbox.view.${view}`),
      }))}
      onChange={(chosen) => inbox.go(VIEW_NAMES.find((view) => view === chosen) ?? 'inbox')}
    />
  );
}

function Narrow({ inbox }: { inbox: Inbox }) {
  const { t } = useTranslation('robots');
  const robots = useRobotChoices();
  const { data: teams = [] } = useRows(TEAMS);
  const { data: labels = [] } = useRows(LABELS);
  return (
    <>
      <Select
        size="xs"
        mx="xs"
        mb="xs"
        aria-label={t('inbox.robot')}
        placeholder={t('inbox.robot')}
        data={robots}
        value={inbox.robot ?? null}
        onChange={(robot) => inbox.narrow({ robot })}
        clearable
        searchable
      />
      {teams.length > 0 && (
        <Select
          size="xs"
          mx="xs"
          mb="xs"
          aria-label={t('inbox.team')}
          placeholder={t('inbox.team')}
          data={teams.map(({ id, name }) => ({ value: id, label: name }))}
          value={inbox.team ?? null}
          onChange={(team) => inbox.narrow({ team })}
          clearable
          searchable
        />
      )}
      {labels.length > 0 && (
        <Select
          size="xs"
          mx="xs"
          aria-label={t('inbox.label')}
          placeholder={t('inbox.label')}
          data={labels.map(({ name }) => name)}
          value={inbox.label ?? null}
          onChange={(label) => inbox.narrow({ label })}
          clearable
          searchable
        />
      )}
    </>
  );
}

function Waiting({ count }: { count: number }) {
  const { t } = useTranslation('robots');
  const { number } = useFormats();
  if (count === 0) return null;
  const text = count >= MOST_COUNTED ? `${number(MOST_COUNTED)}+` : number(count);
  return (
    <Badge size="sm" radius="sm" variant="light" aria-label={t('inbox.count', { text })}>
      {text}
    </Badge>
  );
}
