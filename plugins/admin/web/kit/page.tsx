/** A page: its heading, which gets the focus when somebody comes from another page, what can be done here, and the call behind it. */
import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { arrival } from './arrival.ts';
import { Link } from './link.tsx';
import { Trail, type TrailPart } from './trail.ts';

export interface PageProps {
  title: string;
  /** One sentence under the heading. */
  intro?: ReactNode;
  /** Where it lies: the pages above it. */
  trail?: readonly TrailPart[];
  actions?: ReactNode;
  children: ReactNode;
}

/** The title of the tab, and the heading with the focus, so that screen readers and keyboards begin at the top. */
export function Page({ title, intro, trail = [], actions, children }: PageProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Patchbay`;
  }, [title]);
  useEffect(() => {
    // Before the first one there is the menu; pages for strangers have none.
    if (arrival.isFirst && document.querySelector('nav')) return;
    // Who has begun to write already is left alone.
    if (document.activeElement === document.body || document.activeElement === null)
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="md">
      {trail.length > 0 && (
        <Breadcrumbs component="nav" aria-label={t('page.trail')}>
          {trail.map((part) => (
            <Anchor key={part.to} component={Link} to={part.to} size="sm">
              {part.title}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm" className="page-heading">
        <div>
          <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            {title}
          </Title>
          {intro && (
            <Text c="dimmed" size="sm">
              {intro}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      <Trail value={trail}>{children}</Trail>
    </Stack>
  );
}
