/** One provider in the order in which they are asked: what it is, what it can do, what it costs, how it is. */
import { ActionIcon, Badge, Button, Group, Menu, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import { Facts, Mono, MoreMenu, Sentence, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Provider } from '../parts/ai-data.ts';
import { useCostText } from '../parts/cost.tsx';
import type { Moves } from './use-move.ts';
import { useIsTried } from './use-try.ts';

interface ProviderItemProps {
  provider: Provider;
  currency: string;
  place: number;
  /** Only for who may change it. */
  onOpen?(what: 'edit' | 'try' | 'file' | 'remove'): void;
  move?: Moves;
}

export function ProviderItem({ provider, currency, place, onOpen, move }: ProviderItemProps) {
  const { t } = useTranslation('ai-replies');
  const { name, kind, model, base_url, hours, source, down_until, has_key, last_call } = provider;
  return (
    <Paper component="li" withBorder radius="md" p="md" style={{ listStyle: 'none' }} aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="sm">
          <Group gap="xs">
            <Text c="dimmed" size="sm" aria-hidden>
              {place + 1}
            </Text>
            <Title order={2} size="h4">
              {name}
            </Title>
            <Badge variant="default" tt="none" radius="sm">
              {t(`kind.${kind}`)}
            </Badge>
            {source === 'config' && (
              <Badge variant="light" color="gray" tt="none" radius="sm">
                {t('models.ofConfig')}
              </Badge>
            )}
            <Health of={provider} />
          </Group>
          {onOpen && <Actions provider={provider} onOpen={onOpen} {...(move && { move })} />}
        </Group>
        {last_call && !last_call.ok && (
          <Text size="sm" c="red" component="div" lang="en" style={{ overflowWrap: 'anywhere' }}>
            {last_call.error}
          </Text>
        )}
        {down_until !== null && (
          <Text size="sm" c="red" component="div">
            <Sentence text={t('models.downUntil')} parts={{ when: <Time at={down_until} /> }} />
          </Text>
        )}
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing={4}>
          <Facts
            of={[
              model !== '' && [t('models.model'), <Mono key="model">{model}</Mono>],
              base_url !== null && [t('models.address'), <Mono key="address">{base_url}</Mono>],
              [
                t('models.key'),
                t(has_key ? (source === 'config' ? 'models.inFile' : 'models.hasKey') : 'models.noKey'),
              ],
            ]}
          />
          <Facts
            of={[
              [t('models.can'), <Abilities key="can" of={provider} />],
              [t('models.price'), <Price key="price" of={provider} currency={currency} />],
              last_call !== null && [t('models.lastAsked'), <Time key="asked" at={last_call.at} style="ago" />],
              hours !== null && [t('models.hours'), t('models.hoursOf', { ...hours })],
            ]}
          />
        </SimpleGrid>
      </Stack>
    </Paper>
  );
}

/** What came of asking it last, as it is set up now. */
function Health({ of: { name, down_until, last_call } }: { of: Provider }) {
  const { t } = useTranslation('ai-replies');
  if (useIsTried(name)) return <State value="running" text={t('models.trying')} />;
  if (down_until !== null) return <State value="failing" text={t('models.down')} />;
  if (last_call === null) return <State value="" text={t('models.untried')} />;
  return last_call.ok ? (
    <State value="ok" text={t('models.works')} />
  ) : (
    <State value="failing" text={t('models.failed')} />
  );
}

function Abilities({ of: { pictures, tools, schemas, found, assistant, instructions } }: { of: Provider }) {
  const { t } = useTranslation('ai-replies');
  if (assistant && !instructions) return t('models.assistant');
  const can = [
    t('models.text'),
    pictures && t('models.pictures'),
    tools && found?.tools !== 'refused' && t('models.tools'),
    (schemas || found?.forms === 'schema') && t('models.schemas'),
    !schemas && found?.forms === 'object' && t('models.json'),
  ];
  return can.filter(Boolean).join(' · ');
}

function Price({ of: { price }, currency }: { of: Provider; currency: string }) {
  const { t } = useTranslation('ai-replies');
  const text = useCostText(currency);
  if (price.input === 0 && price.output === 0) return t('models.free');
  return t('models.priceOf', { input: text(price.input), output: text(price.output) });
}

type ActionsProps = Required<Pick<ProviderItemProps, 'provider' | 'onOpen'>> & Pick<ProviderItemProps, 'move'>;

function Actions({ provider: { name, source }, onOpen, move }: ActionsProps) {
  const { t } = useTranslation('ai-replies');
  return (
    <Group gap="xs">
      {move?.up && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('models.earlier', { name })}
          onClick={move.up}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
      )}
      {move?.down && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('models.later', { name })}
          onClick={move.down}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
      )}
      <Button variant="light" size="xs" aria-label={t('models.tryLabel', { name })} onClick={() => onOpen('try')}>
        {t('models.try')}
      </Button>
      {source === 'config' ? (
        <Button variant="default" size="xs" onClick={() => onOpen('file')}>
          {t('models.change')}
        </Button>
      ) : (
        <MoreMenu variant="default" size={30} label={t('more', { name })}>
          <Menu.Item onClick={() => onOpen('edit')}>{t('models.change')}</Menu.Item>
          <Menu.Item onClick={() => onOpen('file')}>{t('models.asFile')}</Menu.Item>
          <Menu.Item color="red" onClick={() => onOpen('remove')}>
            {t('models.remove')}
          </Menu.Item>
        </MoreMenu>
      )}
    </Group>
  );
}
