/** What somebody, or a key, may call: each route and function with the reason where they may not, by plugin. */
import { Accordion, Badge, Checkbox, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Verdict {
  allowed: boolean;
  reason: string | null;
}

export interface RightsListProps {
  rights: {
    routes: readonly (Verdict & { method: string; path: string; summary: string; plugin: string })[];
    functions: readonly (Verdict & { name: string; summary: string })[];
  };
}

interface Right extends Verdict {
  group: string;
  call: string;
  summary: string;
}

export function RightsList({ rights }: RightsListProps) {
  const { t } = useTranslation('auth');
  const [text, setText] = useState('');
  const [isAllowedOnly, setAllowedOnly] = useState(true);
  const [open, setOpen] = useState<string[]>([]);
  const all: Right[] = [
    ...rights.routes.map(({ method, path, plugin, ...rest }) => ({
      ...rest,
      group: plugin,
      call: `${method} ${path}`,
    })),
    ...rights.functions.map(({ name, ...rest }) => ({ ...rest, group: t('rights.functions'), call: name })),
  ];
  const wanted = text.trim().toLowerCase();
  const shown = all.filter(
    ({ allowed, call, summary }) => (allowed || !isAllowedOnly) && `${call} ${summary}`.toLowerCase().includes(wanted),
  );
  const groups = [...Map.groupBy(shown, ({ group }) => group)];
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <TextInput
          type="search"
          aria-label={t('rights.search')}
          placeholder={t('rights.search')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          flex="1 1 14rem"
        />
        <Checkbox
          label={t('rights.allowedOnly')}
          checked={isAllowedOnly}
          onChange={(event) => setAllowedOnly(event.currentTarget.checked)}
          pb={8}
        />
      </Group>
      {groups.length === 0 && <Text c="dimmed">{t('rights.nothing')}</Text>}
      <Accordion multiple variant="contained" value={open} onChange={setOpen}>
        {groups.map(([group, members]) => (
          <Accordion.Item key={group} value={group}>
            <Accordion.Control>
              <Group gap="xs">
                <Text fw={500}>{group}</Text>
                <Badge variant="light" color="gray" tt="none">
                  {t('rights.count', {
                    allowed: members.filter(({ allowed }) => allowed).length,
                    of: all.filter((one) => one.group === group).length,
                  })}
                </Badge>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {open.includes(group) && members.map((right) => <OneRight key={right.call} {...right} />)}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}

function OneRight({ call, summary, allowed, reason }: Right) {
  const { t } = useTranslation('auth');
  return (
    <Group wrap="nowrap" align="flex-start" justify="space-between" py={4}>
      <div>
        <Text size="sm">{summary}</Text>
        <Code>{call}</Code>
        {reason && (
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        )}
      </div>
      <Badge variant="light" color={allowed ? 'teal' : 'gray'} tt="none" flex="none">
        {t(allowed ? 'rights.yes' : 'rights.no')}
      </Badge>
    </Group>
  );
}
