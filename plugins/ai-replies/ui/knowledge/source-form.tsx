/** A new source of documents: a site, a repository or a folder. */
import { PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { $api, FormModal, issueOf, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addKnowledgeSource } from '../bounds.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { SOURCES } from './knowledge-data.ts';
import { SCHEDULE_NAMES, SCHEDULES, scheduleName } from './schedules.ts';

const KINDS = addKnowledgeSource.kind.values;
type Kind = (typeof KINDS)[number];

export function SourceForm({ base, onClose }: { base: string; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const [kind, setKind] = useState<Kind>('site');
  const [url, setUrl] = useState('https://');
  const [within, setWithin] = useState('');
  const [branch, setBranch] = useState('');
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [schedule, setSchedule] = useState<string | null>(SCHEDULES.daily);
  const readAgain = useReadAgain(SOURCES);
  const add = $api.useMutation('post', SOURCES);
  const submit = async () => {
    const optional = { within: within.trim(), branch: kind === 'git' ? branch.trim() : '' };
    const body = { kind, url: url.trim(), schedule, ...optional, user_name: userName.trim(), password };
    await add.mutateAsync({ params: { path: { id: base } }, body });
    await readAgain();
    notifyDone(t('sources.syncing'));
  };
  return (
    <FormModal
      title={t('sources.add')}
      action={t('documents.add')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      isReady={/^https?:\/\/./.test(url)}
    >
      {(error) => (
        <Stack gap="sm">
          <Select
            label={t('sources.what')}
            data={KINDS.map((value) => ({ value, label: t(`sources.kind.${value}`) }))}
            value={kind}
            onChange={(value) => setKind(KINDS.find((one) => one === value) ?? 'site')}
            allowDeselect={false}
          />
          <TextInput
            label={t('models.address')}
            description={t(`sources.address.${kind}`)}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            {...addKnowledgeSource.url}
            error={issueOf(error, 'url')}
            required
            data-autofocus
          />
          <TextInput
            label={t('sources.within')}
            description={t(kind === 'site' ? 'sources.withinSite' : 'sources.withinFiles')}
            value={within}
            onChange={(event) => setWithin(event.currentTarget.value)}
            {...addKnowledgeSource.within}
            error={issueOf(error, 'within')}
          />
          {kind === 'git' && (
            <TextInput
              label={t('sources.branch')}
              description={t('sources.branchText')}
              value={branch}
              onChange={(event) => setBranch(event.currentTarget.value)}
              {...addKnowledgeSource.branch}
              error={issueOf(error, 'branch')}
            />
          )}
          <TextInput
            label={t('sources.userName')}
            value={userName}
            onChange={(event) => setUserName(event.currentTarget.value)}
            {...addKnowledgeSource.user_name}
            error={issueOf(error, 'user_name')}
            autoComplete="off"
          />
          <PasswordInput
            label={t('sources.password')}
            description={t('sources.passwordText')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            {...addKnowledgeSource.password}
            error={issueOf(error, 'password')}
            autoComplete="new-password"
          />
          <Select
            label={t('documents.schedule')}
            data={SCHEDULE_NAMES.map((value) => ({ value, label: t(`schedule.${value}`) }))}
            value={scheduleName(schedule)}
            onChange={(value) => {
              const chosen = SCHEDULE_NAMES.find((one) => one === value);
              if (chosen) setSchedule(SCHEDULES[chosen]);
            }}
            allowDeselect={false}
            error={issueOf(error, 'schedule')}
          />
        </Stack>
      )}
    </FormModal>
  );
}
