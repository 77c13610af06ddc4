/**
 * A day and a time in the reader's own form, to be written or chosen in a calendar. The browser's own field has the form of
 * the browser's language, whatever that of the pages is, and says no zone.
 */
import { ActionIcon, TextInput, type TextInputProps } from '@mantine/core';
import IconCalendar from '@tabler/icons-react/dist/esm/icons/IconCalendar.mjs';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../client/store.ts';
import { zone as chosenZone, useTag } from '../../i18n/formats.ts';
import { momentText, readMoment } from './moment-text.ts';

export interface MomentFieldProps extends Omit<TextInputProps, 'value' | 'onChange' | 'type' | 'defaultValue'> {
  /** An instant of ISO 8601, or null for none. */
  value: string | null;
  onChange(value: string | null): void;
  /** Default: that of the reader. */
  timeZone?: string;
  /** Of a day that is chosen without a time. */
  usualTime?: string;
  /** Says the zone in its hint alone: where there is no room below. */
  isCompact?: boolean;
}

const Calendar = lazy(() => import('./calendar.tsx'));

export function MomentField(props: MomentFieldProps) {
  const { value, onChange, timeZone, usualTime = '09:00', isCompact = false, description, error, ...others } = props;
  const { t } = useTranslation();
  const tag = useTag();
  const ofReader = useStore(chosenZone) === 'utc' ? 'UTC' : undefined;
  const zone = timeZone ?? ofReader;
  const shown = value === null || value === '' ? '' : momentText(new Date(value), tag, zone);
  const [written, setWritten] = useState(shown);
  const [isLeft, setLeft] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const read = written.trim() === '' ? null : readMoment(written, tag, zone, usualTime);
  const isUnreadable = written.trim() !== '' && read === null;
  const example = momentText(new Date(EXAMPLE), tag, 'UTC');
  const complaint = isUnreadable ? t('moment.unreadable', { example }) : '';
  // What stands in the field is replaced when it says something else than the value, not when it says it otherwise.
  useEffect(() => {
    setWritten((now) => (isSameMinute(readMoment(now, tag, zone, usualTime), value) ? now : shown));
  }, [value, shown, tag, zone, usualTime]);
  // The form is not sent with something that nobody can read.
  useEffect(() => input.current?.setCustomValidity(complaint), [complaint]);

  const write = (text: string) => {
    setWritten(text);
    setLeft(false);
    if (text.trim() === '') return onChange(null);
    const time = readMoment(text, tag, zone, usualTime);
    if (time && !isSameMinute(time, value)) onChange(time.toISOString());
  };
  const zoneName = t('moment.zone', { zone: zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone });
  return (
    <div>
      <TextInput
        {...others}
        ref={input}
        inputMode="text"
        autoComplete="off"
        placeholder={others.placeholder ?? example}
        value={written}
        title={zoneName}
        description={
          isCompact ? (
            description
          ) : (
            <>
              {description} {zoneName}
            </>
          )
        }
        error={(isLeft && complaint) || error}
        onChange={(event) => write(event.currentTarget.value)}
        onBlur={() => {
          setLeft(true);
          if (read) setWritten(momentText(read, tag, zone));
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || !event.altKey) return;
          event.preventDefault();
          setOpen(true);
        }}
        rightSection={
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('moment.calendar')}
            aria-haspopup="dialog"
            aria-expanded={isOpen}
            disabled={others.disabled === true}
            // A click beside the calendar closes it: this one would open it again.
            onMouseDown={(event) => event.stopPropagation()}
            onClick={() => setOpen(!isOpen)}
          >
            <IconCalendar size={16} aria-hidden />
          </ActionIcon>
        }
      />
      {isOpen && (
        <Suspense>
          <Calendar
            value={read ?? new Date()}
            isChosen={read !== null}
            tag={tag}
            timeZone={zone}
            usualTime={usualTime}
            onChoose={(time) => {
              setWritten(momentText(time, tag, zone));
              setLeft(false);
              onChange(time.toISOString());
              setOpen(false);
              input.current?.focus();
            }}
            onClose={() => {
              setOpen(false);
              input.current?.focus();
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** A day above the twelfth: its order cannot be mistaken. */
const EXAMPLE = Date.UTC(2026, 11, 31, 17, 30);
const MINUTE_MS = 60_000;

function isSameMinute(one: Date | null, other: string | null): boolean {
  if (one === null || other === null || other === '') return one === null && (other === null || other === '');
  return Math.floor(one.getTime() / MINUTE_MS) === Math.floor(new Date(other).getTime() / MINUTE_MS);
}
