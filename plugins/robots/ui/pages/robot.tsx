/** One robot: what it is, what was asked of it, what it does day by day, what is sent through it, and how it answers. */
import { Anchor, Button, Menu, Stack, Tabs, Text } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import {
  $api,
  Confirm,
  CopyButton,
  Count,
  Facts,
  Id,
  Link,
  Loaded,
  later,
  Mono,
  notifyDone,
  Page,
  Panel,
  Place,
  TabsList,
  Time,
  TryItPanel,
  useMay,
  useParam,
  useRouter,
  useUrlState,
} from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChannelName } from '../channels/channel-name.ts';
import { ActivationSteps, NotActivated } from '../parts/activation-steps.tsx';
import { CallbacksPanel } from '../parts/callbacks-panel.tsx';
import { nameOfDevice } from '../parts/device.ts';
import { FiguresPanel } from '../parts/figures-panel.tsx';
import { robotCalls } from '../parts/robot-calls.ts';
import { RobotSettings } from '../parts/robot-settings.tsx';
import { RobotState } from '../parts/robot-state.tsx';
import { ROBOT, type ShownRobot, useReadRobotsAgain, useRobot } from '../parts/robots-data.ts';
import { TestPanel } from '../parts/test-panel.tsx';
import { Unnamed } from '../parts/unnamed.tsx';

/** The channel of robots that are phones. */
const PHONES = 'workbot';
const TABS = ['about', 'rules', 'figures', 'commands', 'device', 'programs'] as const;
const CommandsPanel = later(() => import('../parts/commands-panel.tsx').then(({ CommandsPanel }) => CommandsPanel));

export default function Robot() {
  const { t } = useTranslation('robots');
  const robotId = useParam('id');
  const robot = useRobot(robotId);
  const { data: { channel = PHONES, named = true } = {} } = $api.useQuery('get', ROBOT, {
    params: { path: { id: robotId } },
  });
  const [address, setAddress] = useUrlState();
  const hasRules = useMay()('ai-replies.answering');
  const tab = TABS.find((one) => one === address.tab && (one !== 'rules' || hasRules)) ?? 'about';
  const open = (value: string | null) => setAddress({ tab: value === 'about' ? null : value });
  return (
    <Page
      title={robot.data?.data.name ?? t('robot.title')}
      trail={[{ title: t('list.title'), to: '/assistants' }]}
      actions={robot.data && <Actions robot={robot.data.data} />}
    >
      <Loaded of={robot}>
        {({ data }) => (
          <Tabs value={tab} onChange={open} keepMounted={false}>
            <TabsList open={tab} mb="md">
              <Tabs.Tab value="about">{t('robot.overview')}</Tabs.Tab>
              {hasRules && <Tabs.Tab value="rules">{t('list.answers')}</Tabs.Tab>}
              <Tabs.Tab value="figures">{t('figures.title')}</Tabs.Tab>
              <Tabs.Tab value="commands">{t('commands.title')}</Tabs.Tab>
              <Tabs.Tab value="device">{t(channel === PHONES ? 'device.title' : 'channels.account')}</Tabs.Tab>
              <Tabs.Tab value="programs">{t('robot.programs')}</Tabs.Tab>
            </TabsList>
            <Tabs.Panel value="about">
              <Stack>
                {!named && <Unnamed robotId={robotId} />}
                {channel === PHONES && isWaiting(data) && <NotActivated onOpen={() => open('device')} />}
                <About robot={data} />
                <TestPanel robotId={robotId} isOnline={data.status === 'online'} />
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="rules">
              <Place name="robots.answering" robotId={robotId} />
            </Tabs.Panel>
            <Tabs.Panel value="figures">
              <FiguresPanel robot={robotId} />
            </Tabs.Panel>
            <Tabs.Panel value="commands">
              <CommandsPanel robotId={robotId} />
            </Tabs.Panel>
            <Tabs.Panel value="device">
              {channel === PHONES ? <Device robot={data} /> : <Account channel={channel} />}
            </Tabs.Panel>
            <Tabs.Panel value="programs">
              <Stack>
                <CallbacksPanel robotId={robotId} />
                <TryItPanel calls={robotCalls(t, robotId)} scope="messages:send, robots:read" />
              </Stack>
            </Tabs.Panel>
          </Tabs>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ robot }: { robot: ShownRobot }) {
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const [open, setOpen] = useState<'settings' | 'delete' | null>(null);
  const readAgain = useReadRobotsAgain();
  const remove = $api.useMutation('delete', ROBOT);
  const { robotId, name } = robot;
  return (
    <>
      <Button variant="default" onClick={() => setOpen('settings')}>
        {t('settings.title')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('robot.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" onClick={() => setOpen('delete')}>
            {t('robot.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'settings' && <RobotSettings id={robotId} onClose={() => setOpen(null)} />}
      <Confirm
        title={t('robot.delete')}
        name={name}
        action={t('robot.delete')}
        isOpen={open === 'delete'}
        onClose={() => setOpen(null)}
        onConfirm={async () => {
          await remove.mutateAsync({ params: { path: { id: robotId } } });
          go('/assistants');
          await readAgain('gone');
          notifyDone(t('robot.deleted', { name }));
        }}
      >
        {t('robot.deleteText')}
      </Confirm>
    </>
  );
}

function About({ robot }: { robot: ShownRobot }) {
  const { t } = useTranslation('robots');
  const { robotId, status, aiProvider, aiModel } = robot;
  const answered = useAnswered(robot);
  return (
    <Panel title={t('robot.about')}>
      <Facts
        of={[
          [t('list.status'), <RobotState key="status" status={status} />],
          [t('robot.id'), <Id key="id" value={robotId} />],
          [t('list.seen'), <Time key="seen" at={robot.lastActiveAt} style="ago" />],
          [t('list.messages'), <Count key="messages" value={robot.totalMessages} />],
          [t('list.answers'), answered],
          aiProvider !== null && [t('settings.aiProvider'), [aiProvider, aiModel].filter(Boolean).join(' · ')],
          [t('robot.callsToday'), t('robot.callsOf', { count: robot.aiCallsToday, most: robot.aiCallLimitDaily })],
          [t('robot.created'), <Time key="created" at={robot.createdAt} />],
        ]}
      />
    </Panel>
  );
}

/** Who answers in fact: rules and consent may have switched AI off for a robot that is set to it. */
function useAnswered({ robotId, aiMode }: ShownRobot): ReactNode {
  const { t } = useTranslation('robots');
  const hasRules = useMay()('ai-replies.answering');
  const { data } = $api.useQuery('get', '/api/platform/ai/answering', {}, { enabled: hasRules });
  const how = data?.robots.find((one) => one.robot_id === robotId)?.answers ?? 'elsewhere';
  if (how === 'no_model') return <NoModel />;
  return how === 'elsewhere' ? t(`aiMode.${aiMode}`, { defaultValue: aiMode }) : t(`answering.${how}`);
}

function NoModel() {
  const { t } = useTranslation('robots');
  const mayOpen = useMay()('ai-replies.models');
  return (
    <>
      {t('answering.no_model')}{' '}
      {mayOpen && (
        <Anchor component={Link} to="/settings/ai/models" size="sm" underline="always">
          {t('answering.toModels')}
        </Anchor>
      )}
    </>
  );
}

/** An account of another network has no phone. */
function Account({ channel }: { channel: string }) {
  const { t } = useTranslation('robots');
  const nameOf = useChannelName();
  return (
    <Panel title={t('channels.account')}>
      <Facts of={[[t('channels.network'), nameOf(channel)]]} />
      <Anchor component={Link} to="/assistants/channels" size="sm">
        {t('channels.title')}
      </Anchor>
    </Panel>
  );
}

/** Whether no phone has become it yet. */
function isWaiting({ deviceInfo, activationInfo }: ShownRobot): boolean {
  return deviceInfo === null && activationInfo === null;
}

const DEVICE_FACTS = ['os', 'osVersion', 'network', 'appVersion', 'screenResolution', 'totalMemory'] as const;

function Device({ robot }: { robot: ShownRobot }) {
  const { t } = useTranslation('robots');
  const { deviceInfo, activationInfo } = robot;
  if (isWaiting(robot)) return <ActivationSteps robotId={robot.robotId} name={robot.name} />;
  const known = new Map(Object.entries(deviceInfo ?? {}));
  const said = DEVICE_FACTS.flatMap((name) => {
    const value = known.get(name) ?? '';
    return value === '' ? [] : [[name, String(value)] as const];
  });
  return (
    <Panel title={t('device.title')}>
      {deviceInfo === null && <Text size="sm">{t('device.none')}</Text>}
      <Facts
        of={[
          deviceInfo !== null && [t('device.name'), nameOfDevice(deviceInfo)],
          deviceInfo !== null && [t('device.id'), <Mono key="id">{deviceInfo.deviceId}</Mono>],
          ...said.map(([name, value]) => [t(`device.${name}`), value] as const),
          activationInfo !== null && [
            t('device.code'),
            <span key="code">
              <Mono>{activationInfo.code}</Mono> <CopyButton value={activationInfo.code} label={t('codes.copyOne')} />
            </span>,
          ],
          activationInfo !== null && [
            t('device.activated'),
            <Time key="activated" at={activationInfo.firstActivatedAt} style="ago" />,
          ],
        ]}
      />
    </Panel>
  );
}
