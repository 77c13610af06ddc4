/** Teams, to which conversations are given: made, named, filled and removed by those who administer the organisation. */
import { ActionIcon, Anchor, Button, Group } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import { $api, Confirm, DataTable, EmptyState, Link, later, notifyDone, Page, Time } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TEAM, TEAMS, type Team, useReadTeamsAgain } from '../teams/teams-data.ts';

const TeamForm = later(() => import('../teams/team-form.tsx').then(({ TeamForm }) => TeamForm));

export default function Teams() {
  const { t } = useTranslation('robots');
  const [edited, setEdited] = useState<Team | 'new' | null>(null);
  const [removed, setRemoved] = useState<Team | null>(null);
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('teams.new')}
    </Button>
  );
  return (
    <Page title={t('teams.title')} intro={t('teams.intro')} actions={make}>
      <DataTable
        list={TEAMS}
        label={t('teams.title')}
        rowKey={({ id }) => id}
        columns={[
          {
            id: 'name',
            title: t('list.name'),
            width: 1.2,
            cell: (team) => (
              <Anchor component="button" type="button" size="sm" fw={500} onClick={() => setEdited(team)}>
                {team.name}
              </Anchor>
            ),
          },
          {
            id: 'members',
            title: t('teams.members'),
            onPhone: true,
            width: 2,
            cell: ({ members }) => (members.length === 0 ? '–' : members.map(({ name }) => name).join(', ')),
          },
          {
            id: 'conversations',
            title: t('inbox.list'),
            onPhone: true,
            cell: ({ id }) => (
              <Anchor component={Link} to={`/inbox?team=${id}`} size="sm">
                {t('teams.theirs')}
              </Anchor>
            ),
          },
          {
            id: 'created',
            title: t('robot.created'),
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          {
            id: 'do',
            title: t('codes.do'),
            align: 'end',
            onPhone: true,
            width: 0.6,
            cell: (team) => (
              <Group justify="flex-end">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('teams.deleteOne', { name: team.name })}
                  onClick={() => setRemoved(team)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Group>
            ),
          },
        ]}
        empty={
          <EmptyState icon={<IconUsers size={24} />} title={t('teams.none')} text={t('teams.noneText')} action={make} />
        }
      />
      {edited !== null && <TeamForm team={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {removed && <Remove team={removed} onClose={() => setRemoved(null)} />}
    </Page>
  );
}

function Remove({ team: { id, name }, onClose }: { team: Team; onClose(): void }) {
  const { t } = useTranslation('robots');
  const readAgain = useReadTeamsAgain();
  const remove = $api.useMutation('delete', TEAM);
  return (
    <Confirm
      title={t('teams.deleteOne', { name })}
      name={null}
      action={t('teams.delete')}
      isOpen
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync({ params: { path: { id } } });
        await readAgain();
        notifyDone(t('teams.deleted', { name }));
      }}
    >
      {t('teams.deleteText')}
    </Confirm>
  );
}
