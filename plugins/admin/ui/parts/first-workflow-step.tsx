/** The first workflow: an example that needs nothing, published and run with the newest mail, or with one made up. */
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import { $api, CodeView, Failure, isRecord, Link, Loaded, State, useMay, useUrlState } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { rowsOf } from './rows-of.ts';
import { StepCard } from './step-card.tsx';

const EXAMPLE = 'first-steps';
const PLACE = { namespace: 'examples', name: EXAMPLE };
const WAIT_SECONDS = 10;

export function FirstWorkflowStep({ onNext }: { onNext(): void }) {
  const { t } = useTranslation('admin');
  const [{ mailbox }] = useUrlState();
  const maySeeMail = useMay()('mail.reader');
  const examples = $api.useQuery('get', '/api/platform/workflow-examples');
  const messages = $api.useQuery(
    'get',
    '/api/platform/mail/messages',
    { params: { query: { ...(mailbox !== undefined && { mailbox }), limit: 1 } } },
    { enabled: maySeeMail },
  );
  const publish = $api.useMutation('post', '/api/platform/workflows');
  const start = $api.useMutation('post', '/api/platform/workflows/{namespace}/{name}/executions');
  const [mail] = rowsOf(messages.data);
  const input = {
    from: mail?.from ?? t('firstSteps.workflow.from'),
    subject: mail?.subject ?? t('firstSteps.workflow.subject'),
    text: mail?.preview ?? t('firstSteps.workflow.text'),
  };
  const run = async (definition: string) => {
    start.reset();
    try {
      await publish.mutateAsync({ body: { definition } });
      await start.mutateAsync({ params: { path: PLACE, query: { wait: WAIT_SECONDS } }, body: { input } });
    } catch {
      // Both say below what was wrong.
    }
  };
  const ended = start.data;
  return (
    <Loaded of={examples}>
      {({ items }) => {
        const definition = items.find(({ name }) => name === EXAMPLE)?.definition ?? '';
        return (
          <StepCard
            title={t('firstSteps.workflow.title')}
            next={t(ended ? 'firstSteps.workflow.next' : 'firstSteps.skip')}
            isOpen={!ended}
            onNext={onNext}
          >
            <Text size="sm">{t('firstSteps.workflow.intro')}</Text>
            <CodeView label={t('firstSteps.workflow.definition')} language="yaml" value={definition} maxHeight={180} />
            <Text size="sm">{t(mail ? 'firstSteps.workflow.input' : 'firstSteps.workflow.sample')}</Text>
            <CodeView
              label={t('firstSteps.workflow.inputLabel')}
              language="json"
              minHeight={20}
              value={JSON.stringify(input, null, 2)}
            />
            <Group>
              <Button
                leftSection={<IconPlayerPlay size={16} />}
                variant={ended ? 'default' : 'filled'}
                loading={publish.isPending || start.isPending}
                onClick={() => void run(definition)}
              >
                {t('firstSteps.workflow.run')}
              </Button>
            </Group>
            <div aria-live="polite">
              {publish.error && <Failure error={publish.error} />}
              {start.error && <Failure error={start.error} />}
              {ended && (
                <Stack gap="xs">
                  <Group gap="xs">
                    <State value={ended.status} text={t(`firstSteps.workflow.statuses.${ended.status}`)} />
                    <Anchor component={Link} to={`/automations/runs/${ended.id}`} size="sm">
                      {t('firstSteps.workflow.look')}
                    </Anchor>
                  </Group>
                  <Text fw={500}>{summaryIn('output' in ended ? ended.output : null)}</Text>
                </Stack>
              )}
            </div>
          </StepCard>
        );
      }}
    </Loaded>
  );
}

function summaryIn(output: unknown): string {
  return isRecord(output) && typeof output.summary === 'string' ? output.summary : '';
}
