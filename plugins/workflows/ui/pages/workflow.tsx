/** One workflow: what it is, its tasks, its versions, what ran of it, and its text. */
import { Badge, Button, Group, Menu, Tabs, Text } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import {
  $api,
  CodeView,
  FormModal,
  Link,
  Loaded,
  MoreMenu,
  notifyDone,
  Page,
  TabsList,
  useMay,
  useParam,
  useUrlState,
  Waiting,
} from 'patchbay-platform/ui';
import { Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeWorkflow, useAct } from '../parts/changes.ts';
import { ExecutionsTable } from '../parts/executions-table.tsx';
import { RunDialog, Versions } from '../parts/lazy.tsx';
import { Overview } from '../parts/overview.tsx';
import { usePublishDraft } from '../parts/use-publish-draft.ts';
import { documentOf, type WorkflowView } from '../parts/workflow-data.ts';
import { WorkflowRemoval } from '../parts/workflow-removal.tsx';

const TABS = ['overview', 'executions', 'versions', 'definition'] as const;

export default function Workflow() {
  const { t } = useTranslation('workflows');
  const path = { namespace: useParam('namespace'), name: useParam('name') };
  const query = $api.useQuery('get', '/api/platform/workflows/{namespace}/{name}', { params: { path } });
  return (
    <Page
      title={documentOf(query.data?.definition).title ?? path.name}
      intro={documentOf(query.data?.definition).summary ?? `${path.namespace}/${path.name}`}
      trail={[{ title: t('workflows.title'), to: '/automations/workflows' }]}
      actions={query.data && <Actions workflow={query.data} />}
    >
      <Loaded of={query}>{(workflow) => <Parts workflow={workflow} />}</Loaded>
    </Page>
  );
}

function Parts({ workflow }: { workflow: WorkflowView }) {
  const { t } = useTranslation('workflows');
  const { namespace, name, source } = workflow;
  const [{ tab = 'overview' }, set] = useUrlState();
  return (
    <Tabs value={tab} onChange={(next) => set({ tab: next === 'overview' ? null : next })} keepMounted={false}>
      <TabsList open={tab} mb="md">
        {TABS.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`workflow.${one}`)}
          </Tabs.Tab>
        ))}
      </TabsList>
      <Tabs.Panel value="overview">
        <Overview workflow={workflow} />
      </Tabs.Panel>
      <Tabs.Panel value="executions">
        <ExecutionsTable of={{ namespace, name }} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <Suspense fallback={<Waiting />}>
          <Versions workflow={workflow} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="definition">
        <CodeView label={t('workflow.definition')} value={source} language="yaml" maxHeight={720} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Actions({ workflow }: { workflow: WorkflowView }) {
  const { t } = useTranslation('workflows');
  const { namespace, name, enabled, draft: isDraft, etag } = workflow;
  const may = useMay();
  const [state, set] = useUrlState();
  const [isRemoving, setRemoving] = useState(false);
  const act = useAct();
  const publish = usePublishDraft(workflow);
  const address = `/automations/workflows/${namespace}/${name}`;
  const run = () => set({ run: '1' });
  const change = (isOn: boolean) =>
    act(async () => {
      const next = await changeWorkflow({ namespace, name }, etag, { enabled: isOn });
      notifyDone(t(isOn ? 'workflow.activated' : 'workflow.wasPaused', { name }), () =>
        act(() => changeWorkflow({ namespace, name }, next, { enabled: !isOn })),
      );
    });
  if (!may('workflows.secrets')) return null;
  return (
    <Group gap="xs">
      {!enabled && !isDraft && (
        <Badge color="yellow" variant="light" size="lg" tt="none" radius="sm">
          {t('workflows.paused')}
        </Badge>
      )}
      {isDraft && (
        <>
          <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => void publish(run)}>
            {t('examples.publish')}
          </Button>
          <Button variant="default" onClick={() => void publish()}>
            {t('editor.publish')}
          </Button>
        </>
      )}
      {!isDraft &&
        (enabled ? (
          <Button leftSection={<IconPlayerPlay size={16} />} onClick={run}>
            {t('run.action')}
          </Button>
        ) : (
          <Button onClick={() => void change(true)}>{t('workflows.activate')}</Button>
        ))}
      <Button variant="default" component={Link} to={`${address}/edit`}>
        {t('workflow.edit')}
      </Button>
      <MoreMenu variant="default" size={36} label={t('more')}>
        {enabled && !isDraft && <Menu.Item onClick={() => void change(false)}>{t('workflows.pause')}</Menu.Item>}
        <Menu.Item component="a" href={`/api/platform${address}/export`} download>
          {t('workflow.export')}
        </Menu.Item>
        <Menu.Item color="red" onClick={() => setRemoving(true)}>
          {t('workflow.remove')}
        </Menu.Item>
      </MoreMenu>
      {state.run === '1' && !isDraft && (
        <Suspense>
          <RunDialog workflow={workflow} onClose={() => set({ run: null })} />
        </Suspense>
      )}
      {state.run === '1' && isDraft && (
        <PublishAndRun name={name} publish={publish} onClose={() => set({ run: null })} />
      )}
      {isRemoving && <WorkflowRemoval workflow={workflow} onClose={() => setRemoving(false)} />}
    </Group>
  );
}

interface PublishAndRunProps {
  name: string;
  publish(done: () => void): Promise<unknown>;
  onClose(): void;
}

/** Who wants to run a draft publishes it; the question of what to run it with comes in this one's place then. */
function PublishAndRun({ name, publish, onClose }: PublishAndRunProps) {
  const { t } = useTranslation('workflows');
  const isPublished = useRef(false);
  return (
    <FormModal
      title={t('run.title', { name })}
      action={t('examples.publish')}
      isOpen
      onClose={() => {
        if (!isPublished.current) onClose();
      }}
      onSubmit={() =>
        publish(() => {
          isPublished.current = true;
        })
      }
    >
      {() => <Text size="sm">{t('run.draft')}</Text>}
    </FormModal>
  );
}
