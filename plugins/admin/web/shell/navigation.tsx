/** The menu: the areas of what people do here, those that are seldom needed at its foot. */
import { Box, NavLink } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '../client/api.ts';
import { useMay } from '../client/me.ts';
import { textIn } from '../i18n/i18n.ts';
import { Link } from '../kit/link.tsx';
import { wayTo } from './last-pages.ts';
import { type MenuArea, type Place, useMenu } from './menu.ts';
import { iconOf } from './navigation-icons.ts';

const EVERY_MS = 60_000;
/** Of the server: its state, backups, certificates and settings. */
const OF_SERVER = /^\/(status|settings\/(backups|certificates|server))(\/|\?|$)/;

interface AreasProps {
  place: Place | null;
}

export function Navigation({ place }: AreasProps) {
  const areas = useMenu();
  return (
    <>
      <Box style={{ flex: 1, overflowY: 'auto', scrollbarWidth: 'thin' }}>
        <Areas areas={areas.filter(({ isAtFoot }) => !isAtFoot)} place={place} />
      </Box>
      <Areas areas={areas.filter(({ isAtFoot }) => isAtFoot)} place={place} />
    </>
  );
}

function Areas({ areas, place }: AreasProps & { areas: readonly MenuArea[] }) {
  return areas.map((area) => {
    const Icon = iconOf(area.icon);
    const isHere = area.id === place?.area.id;
    return (
      <NavLink
        key={area.id}
        component={Link}
        to={wayTo(area, place)}
        label={area.title}
        leftSection={<Icon size={20} aria-hidden />}
        rightSection={area.id === 'status' && <StatusDot />}
        active={isHere}
        aria-current={isHere ? 'true' : undefined}
        variant="light"
      />
    );
  });
}

/** What a thumb reaches on a telephone; the rest is behind the button of the menu. */
const MOST = 6;

export function AreaBar({ place }: AreasProps) {
  const { t } = useTranslation();
  const areas = useMenu().filter(({ isAtFoot }) => !isAtFoot);
  return (
    <nav className="area-bar" aria-label={t('shell.areas')}>
      {areas.slice(0, MOST).map((area) => {
        const Icon = iconOf(area.icon);
        const isHere = area.id === place?.area.id;
        return (
          <Link key={area.id} to={wayTo(area, place)} aria-current={isHere ? 'true' : undefined}>
            <Icon size={22} aria-hidden />
            <span>{area.title}</span>
          </Link>
        );
      })}
    </nav>
  );
}

/** At Status while something of the server needs somebody. */
function StatusDot() {
  const { t } = useTranslation();
  const isOperator = useMay()('admin.system');
  const { data } = $api.useQuery(
    'get',
    '/api/platform/attention',
    {},
    { enabled: isOperator, refetchInterval: EVERY_MS, staleTime: EVERY_MS },
  );
  const wrong = isOperator && data ? data.items.filter(({ path }) => OF_SERVER.test(path)) : [];
  if (wrong.length === 0) return null;
  const said = `${t('shell.statusWrong')}: ${wrong.map(({ title }) => textIn(title)).join('; ')}`;
  return (
    <Box
      component="span"
      role="img"
      aria-label={said}
      title={said}
      display="block"
      w={10}
      h={10}
      bg="red.6"
      style={{ borderRadius: '50%' }}
    />
  );
}
