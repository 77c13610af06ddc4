/** When people are there, and what is answered outside of it. */
import { Select, Stack, Textarea } from '@mantine/core';
import { isRecord } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingPanel } from './setting-panel.tsx';
import { type Settings, useVersionedSetting } from './tenant-setting.ts';
import { dayName, daysOf, isSpan, USUAL_WEEK, type Week, weekOf } from './week.ts';
import { WeekGrid } from './week-grid.tsx';

const LONGEST = 1_000;

interface Draft {
  zone: string;
  week: Week;
  answer: string;
}

export function WorkingHours({ of: settings }: { of: Settings }) {
  const { t, i18n } = useTranslation('robots');
  /** Undefined: nothing is written; null: it is to be off. */
  const [written, setDraft] = useState<Draft | null>();
  const { form, before, save } = useVersionedSetting('robots_working_hours', settings, {
    readSaved: (saved) => wireOf(draftOf(saved)),
    title: t('hours.title'),
    labels: { zone: t('hours.zone'), days: t('hours.days'), answer: t('hours.answer') },
    textOf: (field, { days }) =>
      field === 'days'
        ? days.map(({ day, from, to }) => `${dayName(day, i18n.language)} ${from}–${to}`).join(', ')
        : undefined,
    isWritten: written !== undefined,
  });
  const draft = written === undefined ? draftOf(before) : written;
  const [usual] = useState(() => ({ zone: ownZone(), week: USUAL_WEEK, answer: t('hours.usualAnswer') }));
  const value = wireOf(draft);
  return (
    <SettingPanel
      title={t('hours.title')}
      label={t('hours.label')}
      hint={t(draft ? 'hours.on' : 'hours.off')}
      isOn={draft !== null}
      onSwitch={(on) => setDraft(on ? (draftOf(before) ?? usual) : null)}
      isChanged={JSON.stringify(value) !== JSON.stringify(before)}
      isReady={draft === null || (draft.answer.trim() !== '' && draft.week.flat().every(isSpan))}
      onSave={() => save(value)}
      onSaved={() => setDraft(undefined)}
      form={form}
    >
      {() =>
        draft && (
          <Stack gap="md">
            <Select
              label={t('hours.zone')}
              data={zonesWith(draft.zone)}
              value={draft.zone}
              onChange={(zone) => zone !== null && setDraft({ ...draft, zone })}
              searchable
              allowDeselect={false}
              maw={320}
              limit={50}
            />
            <WeekGrid week={draft.week} onChange={(week) => setDraft({ ...draft, week })} />
            <Textarea
              label={t('hours.answer')}
              description={t('hours.answerText')}
              value={draft.answer}
              onChange={(event) => setDraft({ ...draft, answer: event.currentTarget.value })}
              maxLength={LONGEST}
              autosize
              minRows={2}
              required
            />
          </Stack>
        )
      }
    </SettingPanel>
  );
}

function wireOf(draft: Draft | null) {
  return draft && { zone: draft.zone, days: daysOf(draft.week), answer: draft.answer.trim() };
}

function draftOf(saved: unknown): Draft | null {
  if (!isRecord(saved)) return null;
  const days = Array.isArray(saved.days) ? saved.days.filter(isRecord) : [];
  const spans = days.map(({ day, from, to }) => ({ day: Number(day), from: String(from), to: String(to) }));
  return { zone: String(saved.zone), week: weekOf(spans), answer: String(saved.answer) };
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function zonesWith(chosen: string): string[] {
  return [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])];
}
