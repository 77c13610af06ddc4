/** Robots, each with its rules of answering. */
import { Button } from '@mantine/core';
import IconRobot from '@tabler/icons-react/dist/esm/icons/IconRobot.mjs';
import { $api, Count, DataTable, EmptyState, Link, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { NoModelNotice } from '../models/no-model-notice.tsx';
import { AiPage } from '../parts/ai-page.tsx';

const COLORS = { off: 'off', elsewhere: 'off', no_model: 'expired', drafts: 'waiting', alone: 'active' } as const;

export default function Answering() {
  const { t } = useTranslation('ai-replies');
  const answering = $api.useQuery('get', '/api/platform/ai/answering');
  const answers = new Map(answering.data?.robots.map((one) => [one.robot_id, one.answers]));
  return (
    <AiPage title={t('answering.title')} intro={t('answering.intro')}>
      <NoModelNotice />
      <DataTable
        list="/api/platform/robots/robots"
        label={t('answering.robots')}
        search={t('answering.search')}
        rowKey={({ id }) => id}
        to={({ id }) => `/assistants/${id}?tab=rules`}
        live={['robot.online', 'robot.offline']}
        columns={[
          { id: 'name', title: t('group.robot'), width: 1.6, cell: ({ name }) => name },
          {
            id: 'status',
            title: t('tools.state'),
            onPhone: true,
            cell: ({ status }) => (
              <State value={status === 'online' ? 'up' : status} text={t(`robotState.${status}`)} />
            ),
          },
          {
            id: 'answers',
            title: t('answering.answers'),
            width: 1.4,
            onPhone: true,
            cell: ({ id }) => {
              const how = answers.get(id);
              return how === undefined ? '–' : <State value={COLORS[how]} text={t(`answering.how.${how}`)} />;
            },
          },
          {
            id: 'messages',
            title: t('answering.messages'),
            align: 'end',
            cell: ({ total_messages }) => <Count value={total_messages} />,
          },
          {
            id: 'seen',
            title: t('answering.seen'),
            cell: ({ last_active_at }) => <Time at={last_active_at} style="ago" />,
          },
        ]}
        empty={
          <EmptyState
            icon={<IconRobot size={24} />}
            title={t('tools.noRobots')}
            text={t('answering.noRobotsText')}
            action={
              <Button component={Link} to="/assistants?new=1" variant="default">
                {t('answering.makeRobot')}
              </Button>
            }
          />
        }
      />
    </AiPage>
  );
}
