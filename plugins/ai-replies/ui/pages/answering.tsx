/** Robots, each with its rules of answering. */
import { Button } from '@mantine/core';
import IconRobot from '@tabler/icons-react/dist/esm/icons/IconRobot.mjs';
import { Count, DataTable, EmptyState, Link, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AiPage } from '../parts/ai-page.tsx';

export default function Answering() {
  const { t } = useTranslation('ai-replies');
  return (
    <AiPage title={t('answering.title')} intro={t('answering.intro')}>
      <DataTable
        list="/api/platform/robots/robots"
        label={t('answering.robots')}
        search={t('answering.search')}
        rowKey={({ id }) => id}
        to={({ id }) => `/assistants/answering/${id}`}
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
            id: 'messages',
            title: t('answering.messages'),
            align: 'end',
            onPhone: true,
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
