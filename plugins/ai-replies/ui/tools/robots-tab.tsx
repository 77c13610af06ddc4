/** Which tools a robot may call while it answers, and which of them a person approves each time. */
import { Button, Checkbox, Group, Paper, Select, Stack, Switch, Text } from '@mantine/core';
import { $api, EmptyState, Failure, Link, Loaded, notifyDone, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSubjects } from '../costs/subjects.ts';
import { useReadAgain } from '../parts/ai-data.ts';
import { useMayAdminister } from '../parts/rights.ts';
import { InWords, mayItself } from './in-words.tsx';
import { GIVEN, type GivenTool, OFFERED, type OfferedTool, toolName, useSummaries } from './tools-data.ts';
import { TrialOfTools } from './trial-of-tools.tsx';

export function RobotsTab() {
  const { t } = useTranslation('ai-replies');
  const { robots } = useSubjects();
  const [address, setAddress] = useUrlState();
  const robotId = address.robot ?? robots[0]?.value;
  if (robotId === undefined)
    return (
      <EmptyState
        title={t('tools.noRobots')}
        text={t('tools.noRobotsText')}
        action={
          <Button component={Link} to="/assistants?new=1" variant="default">
            {t('answering.makeRobot')}
          </Button>
        }
      />
    );
  return (
    <Stack>
      <Select
        label={t('group.robot')}
        data={[...robots]}
        value={robotId}
        onChange={(robot) => setAddress({ robot })}
        allowDeselect={false}
        searchable
        maw={360}
      />
      <ToolsOf key={robotId} robotId={robotId} />
    </Stack>
  );
}

function ToolsOf({ robotId }: { robotId: string }) {
  const offered = $api.useQuery('get', OFFERED);
  const given = $api.useQuery('get', GIVEN, { params: { path: { robotId } } });
  return (
    <Loaded of={given} lines={4}>
      {({ items: allowed }) => (
        <Loaded of={offered} lines={4}>
          {({ items }) => (
            <Choice
              key={allowed.map(({ tool, asks }) => `${tool} ${asks}`).join(',')}
              robotId={robotId}
              allowed={allowed}
              offered={items}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

interface ChoiceProps {
  robotId: string;
  allowed: readonly GivenTool[];
  offered: readonly OfferedTool[];
}

function Choice({ robotId, allowed, offered }: ChoiceProps) {
  const { t } = useTranslation('ai-replies');
  const mayChange = useMayAdminister();
  const [chosen, setChosen] = useState(() => new Map(allowed.map(({ tool, asks }) => [tool, asks])));
  const readAgain = useReadAgain(GIVEN);
  const save = $api.useMutation('put', GIVEN);
  const summaryOf = useSummaries();
  // What somebody else has allowed may be nothing that the viewer could.
  const known = new Set(offered.map(({ tool }) => tool));
  const all = [...offered, ...allowed.filter(({ tool }) => !known.has(tool))];
  const put = (tool: string, asks: boolean | null) => {
    const next = new Map(chosen);
    if (asks === null) next.delete(tool);
    else next.set(tool, asks);
    setChosen(next);
  };
  const items = [...chosen].map(([tool, asks]) => ({ tool, asks }));
  const isChanged = items.length !== allowed.length || allowed.some(({ tool, asks }) => chosen.get(tool) !== asks);
  const submit = async () => {
    await save.mutateAsync({ params: { path: { robotId } }, body: { items } });
    await readAgain();
    notifyDone(t('tools.saved'));
  };
  if (all.length === 0) return <EmptyState title={t('tools.noTools')} text={t('tools.noToolsText')} />;
  return (
    <Stack maw={820}>
      <InWords
        tools={all.filter(({ tool }) => chosen.has(tool))}
        asks={(tool) => chosen.get(tool) === true}
        isChanged={isChanged}
      />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit().catch(() => {});
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('tools.allowText')}
          </Text>
          {all.map((one) => (
            <Paper key={one.tool} withBorder radius="md" px="md" py="sm">
              <Group justify="space-between" gap="sm">
                <Checkbox
                  label={toolName(one.tool)}
                  description={[
                    summaryOf(one),
                    t(`tools.about.${one.about}`),
                    ...(one.fields.length > 0 ? [t('tools.needs', { fields: one.fields.join(', ') })] : []),
                  ].join(' ')}
                  checked={chosen.has(one.tool)}
                  disabled={!mayChange}
                  onChange={(event) => put(one.tool, event.currentTarget.checked ? !mayItself(one) : null)}
                  maw={520}
                />
                {chosen.has(one.tool) && (
                  <Switch
                    label={t('tools.asks')}
                    aria-label={t('tools.asksFor', { name: toolName(one.tool) })}
                    checked={chosen.get(one.tool) === true}
                    disabled={!mayChange || one.about === 'others'}
                    onChange={(event) => put(one.tool, event.currentTarget.checked)}
                  />
                )}
              </Group>
            </Paper>
          ))}
          {save.error && <Failure error={save.error} />}
          {mayChange && (
            <Group>
              <Button type="submit" loading={save.isPending}>
                {t('shell:save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
      {mayChange && <TrialOfTools robotId={robotId} tools={items} />}
    </Stack>
  );
}
