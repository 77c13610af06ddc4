/** As somebody else sees it: the navigation that they have. */
import { Group, Paper, Stack, Text } from '@mantine/core';
import { sectionRank, textIn } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export interface RolePreviewProps {
  navigation: readonly {
    plugin: string;
    id: string;
    title: Readonly<Record<string, string>>;
    path: string;
    section: string;
    order: number;
  }[];
}

export function RolePreview({ navigation }: RolePreviewProps) {
  const { t, i18n } = useTranslation('auth');
  if (navigation.length === 0) return <Text c="dimmed">{t('rights.seesNothing')}</Text>;
  const sections = [...Map.groupBy(navigation, ({ section }) => section)].toSorted(
    ([one], [other]) => sectionRank(one) - sectionRank(other),
  );
  return (
    <Group align="flex-start" gap="md">
      {sections.map(([section, entries]) => (
        <Paper key={section} withBorder radius="md" p="sm" miw={150}>
          <Text size="xs" fw={600} c="dimmed" tt="uppercase" mb={4}>
            {i18n.exists(`shell:section.${section}`) ? t(`shell:section.${section}`) : section}
          </Text>
          <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {entries
              .toSorted((one, other) => one.order - other.order)
              .map(({ plugin, id, title }) => (
                <Text key={`${plugin}.${id}`} component="li" size="sm">
                  {textIn(title)}
                </Text>
              ))}
          </Stack>
        </Paper>
      ))}
    </Group>
  );
}
