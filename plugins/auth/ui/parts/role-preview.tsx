/** As somebody else sees it: the menu that they have. */
import { Group, Paper, Stack, Text } from '@mantine/core';
import { textIn } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

type Texts = Readonly<Record<string, string>>;

export interface RolePreviewProps {
  areas: readonly { id: string; title: Texts; order: number; is_at_foot: boolean }[];
  navigation: readonly { plugin: string; id: string; title: Texts; area: string; order: number }[];
}

export function RolePreview({ areas, navigation }: RolePreviewProps) {
  const { t } = useTranslation('auth');
  if (navigation.length === 0) return <Text c="dimmed">{t('rights.seesNothing')}</Text>;
  return (
    <Group align="flex-start" gap="md">
      {areas
        .toSorted((one, other) => Number(one.is_at_foot) - Number(other.is_at_foot) || one.order - other.order)
        .map((area) => (
          <Paper key={area.id} withBorder radius="md" p="sm" miw={150}>
            <Text size="xs" fw={600} c="dimmed" tt="uppercase" mb={4}>
              {textIn(area.title)}
            </Text>
            <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {navigation
                .filter((entry) => entry.area === area.id)
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
