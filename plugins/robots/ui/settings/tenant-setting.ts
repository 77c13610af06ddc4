/** One setting of the organisation, saved when nobody else has changed the settings meanwhile; taken back by undo. */
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  api,
  type IfVersion,
  notifyDone,
  notifyFailed,
  useVersionedForm,
  type VersionedForm,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const SETTINGS = '/api/platform/auth/settings';
type SettingName = 'robots_working_hours' | 'robots_rating' | 'robots_message_days' | 'robots_assign_by_answering';

export interface Settings {
  settings: Partial<Record<SettingName, unknown>>;
  version: string;
}

interface SettingOptions<Value> {
  /** Null: it is off. */
  readSaved(saved: unknown): Value | null;
  /** As it is saved; by default as it is. */
  toSaved?(value: Partial<Value> | null): unknown;
  title: string;
  labels: Record<Extract<keyof Value, string>, string>;
  textOf?(field: string, value: Value): string | undefined;
  /** Whether something is written that is not saved. */
  isWritten: boolean;
}

export interface VersionedSetting<Value> {
  form: Pick<VersionedForm, 'changed'>;
  /** What stands there, or what stood there when writing began. */
  before: Value | null;
  /** Of a value that is on there, what nobody has touched here stays as it is. Throws what is refused. */
  save(value: Value | null): Promise<void>;
}

export function useSettings() {
  return $api.useQuery('get', SETTINGS);
}

export function useVersionedSetting<Value extends object>(
  name: SettingName,
  answer: Settings,
  { readSaved, toSaved = (value) => value, title, labels, textOf, isWritten }: SettingOptions<Value>,
): VersionedSetting<Value> {
  const { t } = useTranslation('robots');
  const queries = useQueryClient();
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', SETTINGS] });
  const form = useVersionedForm(rowOf(answer), {
    read: async () => {
      const { data } = await api.GET(SETTINGS);
      return data && rowOf(data);
    },
    refresh: readAgain,
    labels: { isOn: title, ...labels },
    textOf: (field, row) => {
      const value = readSaved(row.saved);
      return value === null ? undefined : textOf?.(field, value);
    },
    follows: !isWritten,
  });
  return { form, before: readSaved((form.opened ?? rowOf(answer)).saved), save };

  async function save(value: Value | null): Promise<void> {
    let before: unknown = null;
    await form.save({ isOn: value !== null, ...value }, (header, { isOn: _, ...changes }, seen) => {
      const theirs = readSaved(seen.saved);
      before = seen.saved;
      return put(toSaved(theirs && value ? { ...theirs, ...changes } : value), header);
    });
    await readAgain();
    notifyDone(t('settings.saved'), () => put(before, {}).catch(notifyFailed).finally(readAgain));
  }

  function put(saved: unknown, header: IfVersion | object) {
    return api.PATCH(SETTINGS, { params: { header }, body: { settings: { [name]: saved } } });
  }

  function rowOf({ settings: { [name]: saved }, version }: Settings): Record<string, unknown> & { version: string } {
    const value = readSaved(saved);
    return { isOn: value !== null, ...value, saved, version };
  }
}
