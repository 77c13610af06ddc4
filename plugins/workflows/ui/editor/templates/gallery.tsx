/** "Or begin with a template": the commonest automations, each taken with one click, and given back with one. */
import { Group, SimpleGrid, Stack, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import { api, notifyDone, notifyFailed, useMay, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useEditing } from '../model/context.ts';
import { entryIcon } from '../triggers/entry-icons.ts';
import classes from '../triggers/triggers.module.css';
import { TEMPLATES, type Template, textKey } from './templates.ts';

export function Gallery({ isDisabled }: { isDisabled: boolean }) {
  const { t } = useTranslation('workflows');
  const { session, functions } = useEditing();
  const { user } = useMe();
  const may = useMay();
  const words = new Set(functions.map(({ name }) => name.split('.')[0]));
  const offered = TEMPLATES.filter(({ needs }) => needs.every((word) => words.has(word)));
  if (offered.length === 0) return null;
  const take = async ({ name }: Template) => {
    try {
      // What is needed by who takes one is loaded by nobody else.
      const [{ data }, { ownExample, ownMailboxes }] = await Promise.all([
        api.GET('/api/platform/workflow-examples'),
        import('../../parts/own-example.ts'),
      ]);
      const found = data?.items.find((one) => one.name === name);
      if (!found) return;
      const mailboxes = may('mail.reader') ? await ownMailboxes() : [];
      const own = ownExample(found.definition, { mailboxes, email: user?.email });
      // It becomes a workflow of one's own: not among the examples.
      session.replace(own.replace('namespace: examples', 'namespace: default'));
      notifyDone(t('editor.templates.taken', { title: t(`template.${textKey(name)}.title`) }), () => session.undo());
    } catch (error) {
      notifyFailed(error);
    }
  };
  return (
    <Stack gap="xs" component="section" aria-label={t('editor.templates.title')}>
      <Text size="sm" fw={600}>
        {t('editor.templates.title')}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        {offered.map((template) => (
          <Card key={template.name} template={template} isDisabled={isDisabled} onTake={() => void take(template)} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

interface CardProps {
  template: Template;
  isDisabled: boolean;
  onTake(): void;
}

function Card({ template: { name, entry }, isDisabled, onTake }: CardProps) {
  const { t } = useTranslation('workflows');
  const Icon = entryIcon(entry);
  return (
    <UnstyledButton className={classes.tile} disabled={isDisabled} onClick={onTake}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <ThemeIcon variant="light" size={28} aria-hidden>
          <Icon size={16} stroke={1.6} />
        </ThemeIcon>
        <div>
          <Text size="sm" component="span" display="block" fw={500} lh={1.25}>
            {t(`template.${textKey(name)}.title`)}
          </Text>
          <Text size="xs" component="span" display="block" c="dimmed">
            {t(`template.${textKey(name)}.text`)}
          </Text>
        </div>
      </Group>
    </UnstyledButton>
  );
}
