/** How one robot answers: when, as whom, from what, and what is held back; beside it a bench to try it out. */
import { Alert, Button, Grid, Group, Stack } from '@mantine/core';
import { $api, ApiError, Failure, isStale, Link, Loaded, tellDone, useLeaveGuard, useParam } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../answering/bench.module.css';
import { GuardPart } from '../answering/guard-part.tsx';
import { KnowledgePart } from '../answering/knowledge-part.tsx';
import { PersonaPart } from '../answering/persona-part.tsx';
import { POLICY, type PolicyAnswer } from '../answering/policy-data.ts';
import { SentencesPart } from '../answering/sentences-part.tsx';
import { TestBench } from '../answering/test-bench.tsx';
import { TimesPart } from '../answering/times-part.tsx';
import { WhenPart } from '../answering/when-part.tsx';
import { useReadAgain } from '../parts/ai-data.ts';
import { AiPage } from '../parts/ai-page.tsx';

const ROBOT = '/api/platform/robots/robots/{id}';

export default function PolicyPage() {
  const { t } = useTranslation('ai-replies');
  const robotId = useParam('id');
  const robot = $api.useQuery('get', ROBOT, { params: { path: { id: robotId } } });
  const policy = $api.useQuery('get', POLICY, { params: { path: { robotId } } });
  const mode = robot.data?.settings.aiMode;
  return (
    <AiPage
      title={robot.data ? t('answering.of', { name: robot.data.name }) : t('answering.title')}
      trail={[{ title: t('answering.title'), to: '/ai/answering' }]}
    >
      {mode !== undefined && mode !== 'builtin' && (
        <Alert color="yellow" title={t('answering.notBuiltin')}>
          <Stack gap="xs" align="flex-start">
            {t('answering.notBuiltinText')}
            <Button component={Link} to={`/robots/${robotId}`} size="xs" variant="default">
              {t('answering.toRobot')}
            </Button>
          </Stack>
        </Alert>
      )}
      <Loaded of={policy}>{(answer) => <Both key={answer.version} answer={answer} robotId={robotId} />}</Loaded>
    </AiPage>
  );
}

function Both({ answer, robotId }: { answer: PolicyAnswer; robotId: string }) {
  const { t } = useTranslation('ai-replies');
  const [draft, setDraft] = useState(answer.policy);
  const readAgain = useReadAgain(POLICY);
  const save = $api.useMutation('put', POLICY);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(answer.policy);
  useLeaveGuard(isChanged);
  const part = { policy: draft, onChange: (change: Partial<typeof draft>) => setDraft({ ...draft, ...change }) };
  const submit = async () => {
    const header = { 'If-Match': `"${answer.version}"` };
    await save.mutateAsync({ params: { path: { robotId }, header }, body: draft });
    tellDone(t('answering.saved'));
    await readAgain();
  };
  return (
    <Grid>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            // What it refuses is shown below.
            submit().catch(() => {});
          }}
        >
          <Stack>
            <WhenPart {...part} />
            <PersonaPart {...part} />
            <KnowledgePart {...part} />
            <GuardPart {...part} />
            <TimesPart {...part} />
            <SentencesPart {...part} />
            {save.error && <Failure error={save.error} />}
            <Group pos="sticky" bottom={0} py="sm" bg="var(--mantine-color-body)" style={{ zIndex: 1 }}>
              <Button type="submit" loading={save.isPending} disabled={!isChanged}>
                {t('shell:save')}
              </Button>
              {isChanged && (
                <Button variant="default" onClick={() => setDraft(answer.policy)}>
                  {t('answering.reset')}
                </Button>
              )}
              {save.error instanceof ApiError && isStale(save.error) && (
                <Button variant="default" onClick={() => void readAgain()}>
                  {t('answering.readAgain')}
                </Button>
              )}
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <div className={classes.beside}>
          <TestBench robotId={robotId} isChanged={isChanged} />
        </div>
      </Grid.Col>
    </Grid>
  );
}
