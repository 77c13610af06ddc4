/** How the platform is at this moment: load at a glance, the health of each part, and what is open to strangers. */
import { Accordion, Alert, Group, List, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { type Query, useQuery } from '@tanstack/react-query';
import { CodeView, Facts, Loaded, Page, Panel, State, send, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { AttentionIfAny } from '../parts/attention.tsx';
import { Figure } from '../parts/figure.tsx';
import { glanceOf, type Reading, readMetrics } from '../parts/metrics.ts';
import { SendingPanel } from '../parts/sending-panel.tsx';
import { useHealth } from '../parts/use-health.ts';
import { VersionPanel } from '../parts/version-panel.tsx';

const EVERY_MS = 5_000;
/** Rates are there with the second reading. */
const FIRST_MS = 1_000;

interface Readings {
  before: Reading | null;
  now: Reading;
}

export default function System() {
  const { t, i18n } = useTranslation('admin');
  const nameOf = (part: string) => (i18n.exists(`admin:system.parts.${part}`) ? t(`system.parts.${part}`) : part);
  const health = useHealth();
  return (
    <Page title={t('system.title')} intro={t('system.intro')}>
      <AttentionIfAny />
      <Load />
      <SendingPanel />
      <VersionPanel />
      <Loaded of={health}>
        {({ status, version, uptimeSeconds, parts, openDoors }) => (
          <>
            <Panel title={t('system.health')}>
              <Facts
                of={[
                  [t('system.state'), <State key="state" value={status} text={t(`health.${status}`)} />],
                  [t('system.version'), version],
                  [t('system.uptime'), <Uptime key="uptime" seconds={uptimeSeconds} />],
                ]}
              />
              <Accordion variant="separated" order={3}>
                {Object.entries(parts).map(([name, { status: part, detail }]) => (
                  <Accordion.Item key={name} value={name}>
                    <Accordion.Control>
                      <Group justify="space-between" pr="sm">
                        <Text size="sm">{nameOf(name)}</Text>
                        <State value={part} text={t(`health.${part}`)} />
                      </Group>
                    </Accordion.Control>
                    <Accordion.Panel>
                      <CodeView
                        label={nameOf(name)}
                        language="json"
                        minHeight={20}
                        value={JSON.stringify(detail, null, 2)}
                      />
                    </Accordion.Panel>
                  </Accordion.Item>
                ))}
              </Accordion>
            </Panel>
            <Panel title={t('system.doors')}>
              {openDoors.length === 0 ? (
                <Text size="sm">{t('system.noDoors')}</Text>
              ) : (
                <Alert color="yellow" title={t('system.doorsText')}>
                  <List size="sm">
                    {openDoors.map((door) => (
                      <List.Item key={door}>{door}</List.Item>
                    ))}
                  </List>
                </Alert>
              )}
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Uptime({ seconds }: { seconds: number }) {
  return useFormats().duration(seconds * 1000);
}

function Load() {
  const { t } = useTranslation('admin');
  const { bytes, number, percent, duration } = useFormats();
  const metrics = useQuery({
    queryKey: ['metrics'],
    refetchInterval: ({ state }: Query<Readings>) => (state.data?.before === null ? FIRST_MS : EVERY_MS),
    async queryFn({ signal, client }): Promise<Readings> {
      const former = client.getQueryData<Readings>(['metrics'])?.now ?? null;
      const text = await (await send('/metrics', { signal })).text();
      return { before: former, now: { at: Date.now(), samples: readMetrics(text) } };
    },
  });
  return (
    <Loaded of={metrics} lines={3}>
      {({ before, now }) => {
        const glance = glanceOf(before, now);
        const none = before ? '–' : <Skeleton h="1em" w="4em" aria-hidden />;
        const orNone = <V,>(value: V | null, text: (value: V) => string) => (value === null ? none : text(value));
        const { ready = 0, running = 0, dead = 0 } = glance.jobs;
        return (
          <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }}>
            <Figure
              title={t('system.requests')}
              value={orNone(glance.requests, (rate) => number(rate, { maximumFractionDigits: 1 }))}
              text={orNone(glance.failing, (share) => t('system.failing', { share: percent(share) }))}
            />
            <Figure
              title={t('system.latency')}
              value={orNone(glance.p50Ms, duration)}
              text={orNone(glance.p95Ms, (ms) => t('system.p95', { time: duration(ms) }))}
            />
            <Figure
              title={t('system.queue')}
              value={number(ready + running)}
              text={t('system.dead', { count: dead })}
              to={dead > 0 ? '/status/jobs?state=dead' : '/status/jobs'}
            />
            <Figure
              title={t('system.memory')}
              value={orNone(glance.memoryBytes, bytes)}
              text={orNone(glance.heapBytes, (size) => t('system.heap', { size: bytes(size) }))}
            />
            <Figure title={t('system.lag')} value={orNone(glance.loopLagMs, duration)} text={t('system.lagText')} />
            <Figure title={t('system.cpu')} value={orNone(glance.cpuShare, percent)} text={t('system.cpuText')} />
          </SimpleGrid>
        );
      }}
    </Loaded>
  );
}
