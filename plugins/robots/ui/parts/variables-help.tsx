/** What stands for something of the contact or the robot in texts that are written once for many; put in by a button. */
import { Button, Group, Input, Text } from '@mantine/core';
import { Mono } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const VARIABLES = [
  ['contact', '{{contact.name}}'],
  ['robot', '{{robot.name}}'],
  ['field', '{{contact.fields.city}}'],
] as const;

export function VariablesHelp({ onInsert }: { onInsert(variable: string): void }) {
  const { t } = useTranslation('robots');
  return (
    <Input.Wrapper label={t('variables.title')} description={t('variables.text')} labelElement="div">
      <Group gap="xs" pt={6}>
        {VARIABLES.map(([name, variable]) => (
          <Button key={name} size="compact-sm" variant="default" onClick={() => onInsert(variable)}>
            <Mono>{variable}</Mono>
            <Text size="xs" c="dimmed" pl={6} component="span">
              {t(`variables.is.${name}`)}
            </Text>
          </Button>
        ))}
      </Group>
    </Input.Wrapper>
  );
}
