/** A form for strangers: signing in, and what mailed links open. */
import { Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { Failure, Link, Page } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';

export interface PublicFormProps {
  title: string;
  /** What this is about. */
  text?: string;
  action: string;
  isBusy: boolean;
  error?: unknown;
  onSubmit(): void;
  /** Fields. */
  children?: ReactNode;
  /** Beside the form: other ways. */
  others?: ReactNode;
  links?: readonly { to: string; title: string }[];
}

export function PublicForm(props: PublicFormProps) {
  const { title, text, action, isBusy, error, onSubmit, children, others, links = [] } = props;
  return (
    <Page title={title} intro={text}>
      <Paper withBorder p="lg" radius="md">
        <Stack>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit();
            }}
          >
            <Stack>
              {children}
              {error ? <Failure error={error} /> : null}
              <Button type="submit" loading={isBusy} fullWidth>
                {action}
              </Button>
            </Stack>
          </form>
          {others}
        </Stack>
      </Paper>
      <FormLinks links={links} />
    </Page>
  );
}

/** What to say in place of the form once it is done. */
export function PublicDone({ title, text, links }: { title: string; text: string; links: PublicFormProps['links'] }) {
  return (
    <Page title={title}>
      <Paper withBorder p="lg" radius="md">
        <Text role="status">{text}</Text>
      </Paper>
      <FormLinks links={links} />
    </Page>
  );
}

function FormLinks({ links = [] }: Pick<PublicFormProps, 'links'>) {
  if (links.length === 0) return null;
  return (
    <Group justify="center" gap="lg">
      {links.map(({ to, title }) => (
        <Anchor key={to} component={Link} to={to} size="sm">
          {title}
        </Anchor>
      ))}
    </Group>
  );
}
