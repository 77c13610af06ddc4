/** Ready workflows: look at one, take it as a draft, or publish it and run it at once. */
import { Button, Card, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import {
  $api,
  api,
  CodeView,
  EmptyState,
  Loaded,
  Marked,
  notifyDone,
  Page,
  useMay,
  useMe,
  useRouter,
  useUrlState,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../parts/changes.ts';
import { DefinitionTasks } from '../parts/lazy.tsx';
import { isReady, ownExample } from '../parts/own-example.ts';
import { useMailboxes } from '../parts/use-mailboxes.ts';

interface Example {
  name: string;
  title: string;
  summary: string;
  definition: string;
}

export default function Examples() {
  const { t } = useTranslation('workflows');
  const query = $api.useQuery('get', '/api/platform/workflow-examples');
  const [{ show }, set] = useUrlState();
  const shown = query.data?.items.find(({ name }) => name === show);
  return (
    <Page
      title={t('examples.title')}
      intro={t('examples.intro')}
      trail={[{ title: t('workflows.title'), to: '/automations/workflows' }]}
    >
      <Loaded of={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('examples.empty')} />
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0}>
              {items.map((example) => (
                <One key={example.name} example={example} onShow={() => set({ show: example.name })} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      <Modal
        opened={shown !== undefined}
        onClose={() => set({ show: null })}
        title={shown?.title}
        size="xl"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {shown && <Preview example={shown} />}
      </Modal>
    </Page>
  );
}

function One({ example, onShow }: { example: Example; onShow(): void }) {
  const { t } = useTranslation('workflows');
  return (
    <Card component="li" withBorder padding="md">
      <Stack gap="xs" h="100%" justify="space-between">
        <div>
          <Title order={2} size="h5">
            {example.title}
          </Title>
          <Text size="sm" c="dimmed">
            <Marked text={example.summary} />
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            onClick={onShow}
            aria-label={t('examples.showNamed', { name: example.title })}
          >
            {t('examples.show')}
          </Button>
          <Take example={example} />
        </Group>
      </Stack>
    </Card>
  );
}

/** Both write a version of the workflow; only publishing makes it the active one. What has no sender yet is completed as a draft. */
function Take({ example }: { example: Example }) {
  const { t } = useTranslation('workflows');
  const mayManage = useMay()('workflows.secrets');
  const act = useAct();
  const { go } = useRouter();
  const owner = { mailboxes: useMailboxes(true), email: useMe().user?.email };
  const [busy, setBusy] = useState<'draft' | 'publish' | null>(null);
  if (!mayManage) return null;
  const publish = async (isDraft: boolean) => {
    setBusy(isDraft ? 'draft' : 'publish');
    await act(async () => {
      const body = { definition: ownExample(example.definition, owner), ...(isDraft && { draft: true }) };
      const { data } = await api.POST('/api/platform/workflows', { body });
      if (!data) return;
      const page = `/automations/workflows/${data.namespace}/${data.name}`;
      if (!isDraft) notifyDone(t('examples.published', { name: data.name }));
      go(isDraft ? `${page}/edit` : `${page}?run=1`);
    });
    setBusy(null);
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="light"
        loading={busy === 'draft'}
        aria-label={t('examples.draftNamed', { name: example.title })}
        onClick={() => void publish(true)}
      >
        {t('examples.draft')}
      </Button>
      {isReady(example.definition, owner) && (
        <Button
          size="compact-sm"
          loading={busy === 'publish'}
          aria-label={t('examples.publishNamed', { name: example.title })}
          onClick={() => void publish(false)}
        >
          {t('examples.publish')}
        </Button>
      )}
    </>
  );
}

function Preview({ example }: { example: Example }) {
  const { t } = useTranslation('workflows');
  return (
    <Stack>
      <Text size="sm">
        <Marked text={example.summary} />
      </Text>
      <DefinitionTasks source={example.definition} height={360} />
      <CodeView label={t('workflow.definition')} value={example.definition} language="yaml" />
      <Group gap="xs" justify="flex-end">
        <Take example={example} />
      </Group>
    </Stack>
  );
}
