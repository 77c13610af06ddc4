/** A workflow being written: its text, its draft in this browser, and what is published of it. */
import { Alert, Button, Group, Text } from '@mantine/core';
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import IconArrowForwardUp from '@tabler/icons-react/dist/esm/icons/IconArrowForwardUp.mjs';
import {
  $api,
  later,
  notifyDone,
  notifyFailed,
  Page,
  Time,
  useLeaveGuard,
  useMe,
  useRouter,
  useShortcuts,
  useUrlState,
} from 'patchbay-platform/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { flatTasks } from '../graph/index.ts';
import { useRefresh } from '../parts/changes.ts';
import { Editor as Sides } from './editor.tsx';
import { placeOf } from './edits/index.ts';
import { EditingContext } from './model/context.ts';
import { type Draft, draftsOf } from './model/drafts.ts';
import { headOf, parsed } from './model/head.ts';
import { NEW_WORKFLOW } from './model/new-task.ts';
import { pinKey } from './model/pin-keys.ts';
import { pinsOf } from './model/pins.ts';
import { current, type Published, publish } from './model/publishing.ts';
import { createSession } from './model/session.ts';
import { useMissing } from './model/use-missing.ts';
import { useProblems } from './model/use-problems.ts';
import { useReading } from './model/use-reading.ts';
import { useSample } from './model/use-sample.ts';
import type { Conflict } from './parts/merge-dialog.tsx';

const MergeDialog = later(() => import('./parts/merge-dialog.tsx').then(({ MergeDialog }) => MergeDialog));
const VersionsDialog = later(() => import('./parts/versions-dialog.tsx').then(({ VersionsDialog }) => VersionsDialog));

export interface Began {
  address: { namespace: string; name: string } | null;
  source: string;
  etag: string | null;
  /** What is there is only a draft. */
  isDraft: boolean;
}

export const NOTHING_YET: Began = { address: null, source: NEW_WORKFLOW, etag: null, isDraft: false };

export function Writing({ began: given }: { began: Began }) {
  const { t } = useTranslation('workflows');
  // What somebody publishes while this is written does not take its place.
  const [began, setBegan] = useState(given);
  const me = useMe();
  const drafts = useMemo(() => draftsOf(String(me.user?.id ?? '-'), nameOf(began.address)), [me, began.address]);
  const [draft, setDraft] = useState<Draft | null>(() => drafts.read());
  const [session] = useState(() => createSession(draft?.text ?? given.source));
  const [saved, setSaved] = useState(draft?.text ?? given.source);
  const [etag, setEtag] = useState(draft ? draft.etag : given.etag);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [isComparing, setComparing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { text, shown, isStale, canUndo, canRedo } = useReading(session);
  const functions = $api.useQuery('get', '/api/platform/workflows/functions');
  const known = useMemo(() => functions.data?.items ?? [], [functions.data]);
  const { problems, look } = useMissing(text, isStale, known, useProblems(text, shown));
  const [opens, setOpens] = useState<object | null>(null);
  const refresh = useRefresh();
  const { go } = useRouter();
  const head = useMemo(() => (isStale ? null : headOf(text)), [text, isStale]);
  const [{ run = null, task = null }] = useUrlState();
  const person = String(me.user?.id ?? '-');
  const store = useMemo(() => pinsOf(person, nameOf(began.address)), [person, began.address]);
  const sample = useSample({ address: began.address, runId: run, definition: head, session, store });
  const editing = useMemo(() => {
    // A long text takes a while: it is read when a form asks for it.
    let definition: unknown;
    return {
      session,
      sample,
      isNew: began.address === null,
      functions: known,
      head,
      get definition() {
        definition ??= isStale ? null : parsed(text);
        return definition;
      },
    };
  }, [session, sample, head, text, isStale, began.address, known]);
  // Who comes from a run comes to the step that they looked at, once.
  useEffect(() => {
    if (task !== null) session.select(sameTask(session, task));
  }, [task, session]);
  const isDirty = text !== saved.replaceAll('\r\n', '\n');
  const isPublished = began.etag !== null && !began.isDraft && text === began.source.replaceAll('\r\n', '\n');
  useEffect(() => () => session.stop(), [session]);
  // What is read from the text comes a moment after it.
  useLeaveGuard(() => session.text() !== saved);

  const saveDraft = () => {
    const own: Draft = { text: session.text(), etag, at: Date.now() };
    if (!drafts.save(own)) return notifyFailed(new Error(t('editor.draft.full')));
    setSaved(own.text);
    setDraft(own);
    notifyDone(t('editor.draft.saved'));
  };
  useShortcuts([{ keys: 'mod+s', title: t('editor.draft.save'), run: saveDraft }]);

  const meet = async (): Promise<null> => {
    const address = began.address ?? addressIn(editing.definition);
    const theirs = address && (await current(address));
    if (theirs) setConflict({ theirs: theirs.source, etag: theirs.etag, version: theirs.version });
    return null;
  };
  const write = async (isDraft: boolean): Promise<Published | null> => {
    const source = session.text();
    const done = await publish(source, etag, isDraft);
    if (!done) return meet();
    setEtag(done.etag);
    return done;
  };
  const publishNow = async () => {
    setBusy(true);
    try {
      const source = session.text();
      if (session.reading.get().tree?.tasks.length === 0) return notifyFailed(new Error(t('editor.noStep')));
      const missing = await look(source);
      if (missing) {
        session.select(missing.step ?? null);
        setOpens({});
        return notifyFailed(new Error(missing.message));
      }
      const done = await write(false);
      if (!done) return;
      drafts.remove();
      setDraft(null);
      setSaved(source);
      const address = { namespace: done.namespace, name: done.name };
      setBegan({ address, source, etag: done.etag, isDraft: false });
      notifyDone(t('editor.published', { name: done.name, version: done.version }));
      void refresh();
      if (began.address?.name !== done.name || began.address.namespace !== done.namespace)
        setTimeout(() => go(`/automations/workflows/${done.namespace}/${done.name}/edit`, { replace: true }));
    } catch (error) {
      notifyFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const sides = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const undoByKeys = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      // The card that had the focus is gone with its task: then the page has it.
      const isHere =
        event.target === document.body || (event.target instanceof Node && sides.current?.contains(event.target));
      const key = event.key.toLowerCase();
      if (!isHere || (key !== 'z' && key !== 'y')) return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) session.redo();
      else session.undo();
    };
    document.addEventListener('keydown', undoByKeys);
    return () => document.removeEventListener('keydown', undoByKeys);
  }, [session]);
  const name = began.address?.name;
  const trail = [
    { title: t('workflows.title'), to: '/automations/workflows' },
    ...(began.address
      ? [{ title: began.address.name, to: `/automations/workflows/${began.address.namespace}/${began.address.name}` }]
      : []),
  ];
  return (
    <Page
      title={name ? t('editor.titleOf', { name }) : t('editor.titleNew')}
      trail={trail}
      actions={
        <>
          <Button
            variant="default"
            px="xs"
            aria-label={t('editor.undo')}
            title={t('editor.undo')}
            disabled={!canUndo}
            onClick={session.undo}
          >
            <IconArrowBackUp size={18} />
          </Button>
          <Button
            variant="default"
            px="xs"
            aria-label={t('editor.redo')}
            title={t('editor.redo')}
            disabled={!canRedo}
            onClick={session.redo}
          >
            <IconArrowForwardUp size={18} />
          </Button>
          {began.address && (
            <Button variant="default" onClick={() => setComparing(true)}>
              {t('editor.versions.button')}
            </Button>
          )}
          <Button variant="default" disabled={!isDirty} onClick={saveDraft}>
            {t('editor.draft.save')}
          </Button>
          {isPublished && began.address ? (
            <Button onClick={() => go(`/automations/workflows/${began.address?.namespace}/${name}?run=1`)}>
              {t('run.action')}
            </Button>
          ) : (
            <Button loading={isBusy} disabled={isStale} onClick={() => void publishNow()}>
              {t('editor.publish')}
            </Button>
          )}
        </>
      }
    >
      {draft && draft.text !== began.source && (
        <Alert color="blue" p="xs" role="status">
          <Group gap="xs">
            <Text size="sm">
              {t('editor.draft.since')} <Time at={draft.at} style="ago" />
              {draft.etag !== began.etag && ` ${t('editor.draft.old')}`}
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                drafts.remove();
                setDraft(null);
                setEtag(began.etag);
                setSaved(began.source);
                session.replace(began.source);
              }}
            >
              {t('editor.draft.discard')}
            </Button>
          </Group>
        </Alert>
      )}
      <EditingContext.Provider value={editing}>
        <div ref={sides}>
          <Sides
            problems={problems}
            saveVersion={() => write(true)}
            opens={opens}
            begins={{ isTrigger: began.address === null, tab: task === null ? 'task' : 'try' }}
          />
        </div>
      </EditingContext.Provider>
      {conflict && (
        <MergeDialog
          conflict={conflict}
          mine={session.text()}
          onClose={() => setConflict(null)}
          onMerged={(merged) => {
            session.replace(merged);
            setEtag(conflict.etag);
            setConflict(null);
            notifyDone(t('editor.merge.merged'));
          }}
        />
      )}
      {isComparing && began.address && (
        <VersionsDialog
          address={began.address}
          text={session.text()}
          onClose={() => setComparing(false)}
          onTake={(source) => {
            session.replace(source);
            setComparing(false);
          }}
        />
      )}
    </Page>
  );
}

function nameOf(address: Began['address']): string {
  return address ? `${address.namespace}/${address.name}` : 'new';
}

/** The step of a run in the text as it is now: by its place, else by its name. */
function sameTask(session: ReturnType<typeof createSession>, reference: string): string | null {
  const { tree } = session.reading.get();
  if (!tree) return null;
  if (placeOf(tree, reference)) return reference;
  return flatTasks(tree).find(({ pointer }) => pinKey(pointer) === pinKey(reference))?.pointer ?? null;
}

function addressIn(definition: unknown): { namespace: string; name: string } | null {
  const document = (definition as { document?: { namespace?: unknown; name?: unknown } } | null)?.document;
  const { namespace, name } = document ?? {};
  return typeof namespace === 'string' && typeof name === 'string' ? { namespace, name } : null;
}
