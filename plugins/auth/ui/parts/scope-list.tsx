/** The rights of an API key as a check-list, in groups. */
import { Anchor, Checkbox, Code, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export interface Scope {
  scope: string;
  summary: string;
}

interface ScopeListProps {
  scopes: readonly Scope[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
  error?: string | null;
}

export function ScopeList({ scopes, chosen, onChange, error }: ScopeListProps) {
  const { t } = useTranslation('auth');
  const groups = [...Map.groupBy(scopes, ({ scope }) => scope.split(':')[0] ?? scope)];
  return (
    <Checkbox.Group
      label={t('key.scopes')}
      description={t('key.scopesHint')}
      value={[...chosen]}
      onChange={onChange}
      error={error}
    >
      <Group gap="md" my={4}>
        <Anchor component="button" type="button" size="sm" onClick={() => onChange(scopes.map(({ scope }) => scope))}>
          {t('key.allScopes')}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={() => onChange([])}>
          {t('key.noScopes')}
        </Anchor>
      </Group>
      <ScrollArea.Autosize
        mah={280}
        type="auto"
        viewportProps={{ tabIndex: 0, 'aria-label': t('key.scopes'), role: 'group' }}
      >
        <Stack gap="md" pb={4}>
          {groups.map(([group, members]) => (
            <Stack key={group} gap={6}>
              {members.map(({ scope, summary }) => (
                <Checkbox key={scope} value={scope} label={<ScopeText scope={scope} summary={summary} />} />
              ))}
            </Stack>
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </Checkbox.Group>
  );
}

/** What a scope allows; those of other plugins say it in their own words. */
function useScopeText(): (scope: Scope) => string {
  const { t } = useTranslation('auth');
  return ({ scope, summary }) => t(`scope.${scope.replaceAll(/[:.-]/g, '_')}`, { defaultValue: summary });
}

function ScopeText(scope: Scope) {
  const text = useScopeText();
  return (
    <Group gap={6}>
      <Text size="sm" component="span">
        {text(scope)}
      </Text>
      <Code>{scope.scope}</Code>
    </Group>
  );
}
