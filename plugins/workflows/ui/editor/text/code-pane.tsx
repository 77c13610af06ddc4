/** The text side of the editor, once somebody has looked at it. It stays mounted from then on: its history is the workflow's. */
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, type ViewUpdate } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { codeStyle } from 'patchbay-platform/ui';
import { use, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../editor.module.css';
import type { Session } from '../model/session.ts';
import type { Problem } from '../model/use-problems.ts';
import { codeSheet, writtenIn } from './code-sheet.ts';
import { textExtensions } from './extensions.ts';
import type { Words } from './language-help.ts';

const style = codeStyle();
/** CodeMirror's own texts, which are their own keys. */
const PHRASES = [
  'Find',
  'Replace',
  'next',
  'previous',
  'all',
  'match case',
  'by word',
  'regexp',
  'replace',
  'replace all',
  'close',
  'Go to line',
  'go',
  'Diagnostics',
  'No diagnostics',
  'Completions',
  'Fold line',
  'Unfold line',
];

export default function CodePane({
  session,
  problems,
  words,
}: {
  session: Session;
  problems: readonly Problem[];
  words: Words;
}) {
  const { t } = useTranslation('workflows');
  const { codeColors, styleNonce } = use(style);
  const scheme = useComputedColorScheme('light');
  const target = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const colors = useRef(new Compartment());
  const latest = useRef(words);
  latest.current = words;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another language or scheme is no reason for another history
  useEffect(() => {
    if (!target.current) return;
    const past = session.past();
    const phrases = Object.fromEntries(PHRASES.map((phrase) => [phrase, t(`editor.phrases.${phrase}`)]));
    const help: Words = { functions: () => latest.current.functions(), about: (word) => latest.current.about(word) };
    let isThere = false;
    const changed = (update: ViewUpdate) => isThere && session.changed(writtenIn(update));
    const options = { label: t('editor.text'), nonce: styleNonce, words: help, phrases, changed };
    const editor = new EditorView({
      parent: target.current,
      state: EditorState.create({
        doc: past.text,
        extensions: [colors.current.of(codeColors(scheme)), textExtensions(past.text, options)],
      }),
    });
    view.current = editor;
    const sheet = codeSheet(editor, past);
    isThere = true;
    session.attach(sheet);
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [session, styleNonce, codeColors]);

  useEffect(() => {
    view.current?.dispatch({ effects: colors.current.reconfigure(codeColors(scheme)) });
  }, [scheme, codeColors]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch(
      setDiagnostics(
        editor.state,
        problems.map((problem) => diagnosticOf(editor.state, problem)),
      ),
    );
  }, [problems]);

  return <div ref={target} className={classes.code} />;
}

function diagnosticOf({ doc }: EditorState, { line, column, message }: Problem): Diagnostic {
  const own = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = Math.min(own.from + Math.max(0, column - 1), own.to);
  const rest = /^[^\s:,]+/.exec(own.text.slice(from - own.from))?.[0].length ?? 0;
  return { from, to: Math.min(own.to, from + Math.max(1, rest)), severity: 'error', message };
}
