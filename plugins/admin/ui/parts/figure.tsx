/** One number with what it is about, and where more of it stands. */
import { Anchor, Paper, Stack, Text } from '@mantine/core';
import { Link } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';

export interface FigureProps {
  title: string;
  value: ReactNode;
  text?: ReactNode;
  to?: string;
}

export function Figure({ title, value, text, to }: FigureProps) {
  return (
    <Paper withBorder radius="md" p="md" role="group" aria-label={title}>
      <Stack gap={2}>
        {to === undefined ? (
          <Text size="sm" c="dimmed">
            {title}
          </Text>
        ) : (
          <Anchor component={Link} to={to} size="sm">
            {title}
          </Anchor>
        )}
        <Text size="xl" fw={650} lh={1.2}>
          {value}
        </Text>
        {text && (
          <Text size="xs" c="dimmed" component="div">
            {text}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
