/** The pages of the open area beside each other: as tabs above the page, and in the settings as a list beside it. */
import { Box, NavLink, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from '../kit/link.tsx';
import { useScrollRow } from '../kit/scroll-row.ts';
import type { MenuItem, Place } from './menu.ts';
import { iconOf } from './navigation-icons.ts';

interface AreaPagesProps {
  place: Place | null;
  children: ReactNode;
}

/** In the settings: whose they are. */
const GROUPS = ['you', 'organisation', 'server'] as const;

export function AreaPages({ place, children }: AreaPagesProps) {
  if (place?.area.id === 'settings') {
    return (
      <div className="settings-frame">
        <SettingsTree place={place} />
        <div>
          <Parts place={place} />
          {children}
        </div>
      </div>
    );
  }
  const hasTabs = place !== null && place.area.items.length > 1;
  return (
    <div className={hasTabs ? 'area-frame' : undefined}>
      {hasTabs && <Tabs place={place} />}
      {place && <Parts place={place} />}
      {children}
    </div>
  );
}

function Tabs({ place: { area, item } }: { place: Place }) {
  const row = useScrollRow(item.key);
  return (
    <nav className="area-tabs" aria-label={area.title} ref={row}>
      {area.items.map((one) => (
        <PageLink key={one.key} item={one} isHere={one === item} />
      ))}
    </nav>
  );
}

/** What lies beside the open page as a part of the same one. */
function Parts({ place: { item, open } }: { place: Place }) {
  const row = useScrollRow(open.key);
  if (item.parts.length === 0) return null;
  return (
    <nav className="area-parts" aria-label={item.title} ref={row}>
      {[item, ...item.parts].map((one) => (
        <PageLink key={one.key} item={one} isHere={one === open} />
      ))}
    </nav>
  );
}

function PageLink({ item: { path, title }, isHere }: { item: MenuItem; isHere: boolean }) {
  return (
    <Link to={path} aria-current={isHere ? 'page' : undefined}>
      {title}
    </Link>
  );
}

function SettingsTree({ place }: { place: Place }) {
  const { t } = useTranslation();
  const { area, item } = place;
  const tree = useScrollRow(item.key);
  return (
    <>
      <Box component="nav" className="settings-tree" aria-label={area.title} visibleFrom="md" ref={tree}>
        <Groups place={place} />
      </Box>
      <Box hiddenFrom="md">
        {/* Closed again on the next page. */}
        <details className="settings-pages" key={item.key}>
          <summary>{[area.title, item.title].join(t('failure.and'))}</summary>
          <nav aria-label={area.title}>
            <Groups place={place} />
          </nav>
        </details>
      </Box>
    </>
  );
}

function Groups({ place: { area, item } }: { place: Place }) {
  const { t } = useTranslation();
  const groups = GROUPS.map((group) => ({
    group,
    // Those of plugins that say nothing are the organisation's.
    items: area.items.filter((one) => (one.group ?? 'organisation') === group),
  }));
  return groups
    .filter(({ items }) => items.length > 0)
    .map(({ group, items }) => (
      <div key={group}>
        <Text size="xs" fw={600} c="dimmed" px="sm" pt="xs" pb={4}>
          {t(`settings.${group}`)}
        </Text>
        {items.map((one) => {
          const Icon = iconOf(one.icon);
          return (
            <NavLink
              key={one.key}
              component={Link}
              to={one.path}
              label={one.title}
              leftSection={<Icon size={16} aria-hidden />}
              py={2}
              active={one === item}
              aria-current={one === item ? 'page' : undefined}
              variant="light"
            />
          );
        })}
      </div>
    ));
}
