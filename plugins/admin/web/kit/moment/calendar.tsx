/** The days of a month to choose from, by mouse and by keys as other calendars: arrows, Home, End, Page Up and Page Down. */
import { ActionIcon, Group, Popover, Text } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './calendar.module.css';
import { instantOf, wallOf } from './moment-text.ts';

interface CalendarProps {
  value: Date;
  isChosen: boolean;
  tag: string;
  timeZone: string | undefined;
  usualTime: string;
  onChoose(time: Date): void;
  onClose(): void;
}

const DAY_MS = 86_400_000;
const WEEK = 7;

export default function Calendar(props: CalendarProps) {
  const { value, isChosen, tag, timeZone, usualTime, onChoose, onClose } = props;
  const { t } = useTranslation();
  const wall = wallOf(value, timeZone);
  const chosen = Date.UTC(wall.year, wall.month - 1, wall.day);
  const [day, setDay] = useState(chosen);
  const grid = useRef<HTMLTableElement>(null);
  useEffect(() => grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus(), [day]);
  const firstOfWeek = firstDay(tag);
  const weeks = weeksOf(day, firstOfWeek);
  const title = new Intl.DateTimeFormat(tag, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(day);
  const long = new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeZone: 'UTC' });
  const nameOf = (time: number, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(tag, { weekday, timeZone: 'UTC' }).format(time);

  const choose = (time: number) => {
    const at = new Date(time);
    const [hour = 0, minute = 0] = isChosen ? [wall.hour, wall.minute] : usualTime.split(':').map(Number);
    const next = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), hour, minute };
    onChoose(instantOf(next, timeZone));
  };
  const byKeys = (event: KeyboardEvent) => {
    const next = moved(day, event.key, firstOfWeek);
    if (next === null) return;
    event.preventDefault();
    setDay(next);
  };
  return (
    <Popover opened onChange={(isOpen) => isOpen || onClose()} position="bottom-start" trapFocus withRoles={false}>
      <Popover.Target>
        <span className={classes.anchor} />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t('moment.calendar')} p="xs">
        <Group justify="space-between" wrap="nowrap" mb={4}>
          <Turn label={t('moment.before')} onClick={() => setDay(inMonth(day, -1))} Icon={IconChevronLeft} />
          <Text size="sm" fw={600} aria-live="polite">
            {title}
          </Text>
          <Turn label={t('moment.after')} onClick={() => setDay(inMonth(day, 1))} Icon={IconChevronRight} />
        </Group>
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: days are chosen in it as in a grid */}
        <table ref={grid} role="grid" aria-label={title} className={classes.days} onKeyDown={byKeys}>
          <thead>
            <tr>
              {weeks[0]?.map((time) => (
                <th key={time} scope="col" abbr={nameOf(time, 'long')}>
                  {nameOf(time, 'short')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((time) => (
                  <td key={time}>
                    <button
                      type="button"
                      className={classes.day}
                      aria-pressed={isChosen && time === chosen}
                      data-day={time}
                      data-outside={new Date(time).getUTCMonth() !== new Date(day).getUTCMonth() || undefined}
                      tabIndex={time === day ? 0 : -1}
                      data-autofocus={time === day || undefined}
                      aria-label={long.format(time)}
                      onClick={() => choose(time)}
                    >
                      {new Date(time).getUTCDate()}
                    </button>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Popover.Dropdown>
    </Popover>
  );
}

interface TurnProps {
  label: string;
  onClick(): void;
  Icon: typeof IconChevronLeft;
}

function Turn({ label, onClick, Icon }: TurnProps) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}

/** As the region has it; 0 is Sunday. */
function firstDay(tag: string): number {
  const locale = new Intl.Locale(tag) as Intl.Locale & { getWeekInfo?(): { firstDay: number } };
  return (locale.getWeekInfo?.().firstDay ?? 1) % WEEK;
}

function weeksOf(day: number, firstOfWeek: number): number[][] {
  const at = new Date(day);
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
  const last = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0);
  const start = first - ((new Date(first).getUTCDay() - firstOfWeek + WEEK) % WEEK) * DAY_MS;
  const count = Math.ceil((last - start + DAY_MS) / DAY_MS / WEEK);
  return Array.from({ length: count }, (_, week) =>
    Array.from({ length: WEEK }, (__, index) => start + (week * WEEK + index) * DAY_MS),
  );
}

/** The same day of another month, or its last. */
function inMonth(day: number, months: number): number {
  const at = new Date(day);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0)).getUTCDate();
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, Math.min(at.getUTCDate(), last));
}

function moved(day: number, key: string, firstOfWeek: number): number | null {
  const place = (new Date(day).getUTCDay() - firstOfWeek + WEEK) % WEEK;
  const days: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -WEEK,
    ArrowDown: WEEK,
    Home: -place,
    End: WEEK - 1 - place,
  };
  if (key === 'PageUp') return inMonth(day, -1);
  if (key === 'PageDown') return inMonth(day, 1);
  const step = days[key];
  return step === undefined ? null : day + step * DAY_MS;
}
