/**
 * What pages are made of, those of third parties too (`import … from 'patchbay-platform/ui'`): the contract, the client, and the parts
 * that look and behave alike everywhere.
 */
export { $api, api, send } from '../client/api.ts';
export { ApiError, type Issue, isRecord, isStale } from '../client/api-error.ts';
export { useLive, useLiveRefresh } from '../client/live.ts';
export type { LiveEvent } from '../client/live-event.ts';
export { type Me, useCanSendMail, useMay, useMe, useVisitor } from '../client/me.ts';
export { announceSignedIn, announceSignedOut } from '../client/session-news.ts';
export { type Store, store, storedValue, useStore } from '../client/store.ts';
export { type Formats, useFormats } from '../i18n/formats.ts';
export { textIn } from '../i18n/i18n.ts';
export type { AboutPersonProps } from './about-person.tsx';
export { doUnlessUndone, notifyDone, notifyFailed, notifyWarning } from './actions.tsx';
export { holdsWords, wordsAsked } from './asked-words/asked-words.ts';
export { CannotSendMail, type CannotSendMailProps } from './cannot-send-mail.tsx';
export { Cards } from './cards.tsx';
export { Chart } from './chart.tsx';
export type { ChartProps } from './chart-props.ts';
export { codeStyle } from './code-style.ts';
export { CodeView } from './code-view.tsx';
export type { CodeViewProps } from './code-view-props.ts';
export { Confirm, type ConfirmProps } from './confirm.tsx';
export { CopyButton, Id } from './copy.tsx';
export {
  type CommandHelp,
  definePages,
  type FoundRecord,
  type Lazy,
  type PageRoute,
  type Pages,
  type PlaceProps,
  type StepProps,
  UI_CONTRACT,
} from './define-pages.ts';
export { DiffView } from './diff-view.tsx';
export type { DiffViewProps } from './diff-view-props.ts';
export { useFocusBack } from './focus-back.ts';
export { FormModal, type FormModalProps } from './form-modal.tsx';
export type { GuideNode } from './guide.ts';
export { later } from './later.tsx';
export { AboutPerson, TryIt, TryItPanel } from './later-parts.ts';
export { useLeaveGuard } from './leave-guard.tsx';
export { Link, type LinkProps } from './link.tsx';
export { LongList, type LongListProps } from './long-list.tsx';
export { issueOf, messageOf } from './message.ts';
export { MomentField, type MomentFieldProps } from './moment/moment-field.tsx';
export { MoreMenu, type MoreMenuProps } from './more-menu.tsx';
export { NotLive } from './not-live.tsx';
export { OnDemand, type OnDemandButtonProps, type OnDemandProps, useOpenAtOnce } from './on-demand.tsx';
export { type Operation, OperationProgress, useOperation } from './operation.tsx';
export { Page, type PageProps } from './page.tsx';
export { paneStyle } from './pane-style.ts';
export { Panel, type PanelProps } from './panel.tsx';
export { useParam } from './params.ts';
export { Place } from './place.tsx';
export {
  ResourceForm,
  type ResourceFormProps,
  type ResourceRow,
  type ResourceTexts,
} from './resource/resource-form.tsx';
export { ResourcePage, type ResourcePageProps } from './resource/resource-page.tsx';
export type { ExpressionField } from './schema-form/field.ts';
export { issuesUnder, SchemaForm, type SchemaFormProps } from './schema-form/schema-form.tsx';
export { SearchField, type SearchFieldProps } from './search-field.tsx';
export { Marked, Sentence } from './sentence.tsx';
export { SettingsParts } from './settings-parts.tsx';
export { Sheet, SheetForms, type SheetProps } from './sheet.tsx';
export { useShortcuts } from './shortcuts.ts';
export { slugOf } from './slug.ts';
export { EmptyState, type EmptyStateProps, Failure, Loaded } from './states.tsx';
export { useStepPart } from './step-part.ts';
export { DataTable } from './table/data-table.tsx';
export { findRow, type RowsWish, readRows, useRows } from './table/first-rows.ts';
export type { AnswerOf, BulkAction, Column, DataTableProps, Filter, ListPath, RowOf } from './table/types.ts';
export { TabsList } from './tabs-list.tsx';
export type { TryItProps } from './try-it.tsx';
export type { TryCall } from './try-it-texts.ts';
export { type SetUrlState, type UrlState, useUrlState } from './url-state.ts';
export { type UiRouter, useRouter } from './use-router.ts';
export { useSoon } from './use-soon.ts';
export { Count, Facts, Money, Mono, State, Time } from './values.tsx';
export {
  type ChangedField,
  type IfVersion,
  ifVersion,
  NotSaved,
  useVersionedForm,
  type VersionedForm,
  type VersionedFormOptions,
} from './versioned-form.tsx';
export { Waiting } from './waiting.tsx';
