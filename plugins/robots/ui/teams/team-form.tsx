/** A team: what it is called, and who belongs to it. */
import { MultiSelect, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { $api, FormModal, findRow, issueOf, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createTeam } from '../bounds.ts';
import { TEAM, TEAMS, type Team, useColleagues, useReadTeamsAgain } from './teams-data.ts';

const WRITING_MS = 300;

interface TeamFormProps {
  /** Null: a new one. */
  team: Team | null;
  onClose(): void;
}

export function TeamForm({ team, onClose }: TeamFormProps) {
  const { t } = useTranslation('robots');
  const [name, setName] = useState(team?.name ?? '');
  const [members, setMembers] = useState(team?.members.map(({ id }) => id) ?? []);
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), WRITING_MS);
  const found = useColleagues(asked);
  // Who is a member stays, whatever is searched for; so does who was found before.
  const [seen, setSeen] = useState(() => new Map(team?.members.map((one) => [one.id, one.name])));
  const choices = new Map([...found.map((one) => [one.id, one.name] as const), ...seen]);
  const readAgain = useReadTeamsAgain();
  const make = $api.useMutation('post', TEAMS);
  const save = $api.useMutation('patch', TEAM);
  const versioned = useVersionedForm(team && asWritten(team), {
    read: async () => {
      const now = await findRow(TEAMS, {}, ({ id }) => id === team?.id);
      return now && asWritten(now);
    },
    refresh: readAgain,
    labels: { name: t('list.name'), members: t('teams.members') },
    textOf: (field, row) => (field === 'members' ? row.names.join(', ') : undefined),
  });
  const submit = async () => {
    const body = { name: name.trim(), members };
    if (team === null) await make.mutateAsync({ body });
    else
      await versioned.save(body, (header, changes) =>
        save.mutateAsync({ params: { path: { id: team.id }, header }, body: changes }),
      );
    await readAgain();
    notifyDone(t(team === null ? 'teams.made' : 'teams.saved', { name: body.name }));
  };
  return (
    <FormModal
      title={team === null ? t('teams.new') : t('teams.changeOne', { name: team.name })}
      action={t(team === null ? 'teams.make' : 'shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={name.trim() !== ''}
    >
      {(error) => (
        <Stack gap="sm">
          <TextInput
            label={t('list.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            {...createTeam.name}
            required
            error={issueOf(error, 'name')}
            data-autofocus
          />
          <MultiSelect
            label={t('teams.members')}
            description={t('teams.membersText')}
            data={[...choices].map(([value, label]) => ({ value, label }))}
            value={members}
            onChange={(next) => {
              setMembers(next);
              setSeen(new Map(next.map((id) => [id, choices.get(id) ?? id])));
            }}
            maxValues={createTeam.members.maxItems}
            searchable
            searchValue={search}
            onSearchChange={setSearch}
            nothingFoundMessage={t('inbox.nothingFound')}
            hidePickedOptions
          />
        </Stack>
      )}
    </FormModal>
  );
}

/** As it is changed: members by their ids. */
function asWritten({ name, version, members }: Team) {
  return { name, version, members: members.map(({ id }) => id), names: members.map((one) => one.name) };
}
