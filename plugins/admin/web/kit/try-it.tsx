/** "Try it from your program": calls about this very thing, ready to copy, for a shell, Node and Python. */
import { Code, Group, Stack, Tabs, Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { storedValue, useStore } from '../client/store.ts';
import { CopyButton } from './copy.tsx';
import { Panel } from './panel.tsx';
import { TRY_LANGUAGES, type TryCall, type TryLanguage, tryText } from './try-it-texts.ts';

const TITLES: Record<TryLanguage, string> = { curl: 'curl', node: 'Node', python: 'Python' };

/** Whoever has chosen Python once reads Python everywhere. */
const language = storedValue<TryLanguage>('patchbay.tryLanguage', 'curl', (text): text is TryLanguage =>
  TRY_LANGUAGES.some((one) => one === text),
);

export interface TryItProps {
  /** Each with what it does, in the reader's language. */
  calls: readonly (TryCall & { about: string })[];
  /** The scope that the key needs. */
  scope?: string;
}

/** In a panel of its own. */
export function TryItPanel(props: TryItProps) {
  const { t } = useTranslation();
  return (
    <Panel title={t('tryIt.title')}>
      <TryIt {...props} />
    </Panel>
  );
}

export function TryIt({ calls, scope }: TryItProps) {
  const { t } = useTranslation();
  const chosen = useStore(language);
  const needs = new Set(calls.map(({ by }) => by));
  const hint = needs.has('key') ? 'tryIt.key' : needs.has('signature') ? 'tryIt.secret' : 'tryIt.noKey';
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t(hint)}
        {needs.has('key') && scope !== undefined && ` ${t('tryIt.scope', { scope, count: scope.split(', ').length })}`}
      </Text>
      <Tabs
        value={chosen}
        onChange={(value) => language.set(TRY_LANGUAGES.find((one) => one === value) ?? 'curl')}
        keepMounted={false}
      >
        <Tabs.List aria-label={t('tryIt.language')} mb="sm">
          {TRY_LANGUAGES.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {TITLES[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TRY_LANGUAGES.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Stack gap="xs">
              {calls.map((call) => {
                const text = tryText(one, call, location.origin);
                return (
                  <Fragment key={`${call.method} ${call.path}`}>
                    <Group justify="space-between" wrap="nowrap">
                      <Text size="sm">{call.about}</Text>
                      <CopyButton value={text} label={t('tryIt.copy', { about: call.about })} />
                    </Group>
                    <Code block tabIndex={0}>
                      {text}
                    </Code>
                  </Fragment>
                );
              })}
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
