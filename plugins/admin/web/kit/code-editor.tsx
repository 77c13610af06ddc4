/** CodeMirror as a part of a page: one that can be left by keyboard, in the colours of the scheme, with the page's nonce. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { codeColors } from './code-colors.ts';
import type { CodeViewProps } from './code-view-props.ts';
import { styleNonce } from './style-nonce.ts';
import { editorTexts } from './written.ts';

export default function CodeEditor({ label, value, language = 'text', onChange, ...looks }: CodeViewProps) {
  const { minHeight = 80, maxHeight = 420, isWrapped = true } = looks;
  const target = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const scheme = useComputedColorScheme('light');
  const latest = useRef(onChange);
  latest.current = onChange;
  const isReadOnly = onChange === undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is put into the editor below, not a new editor
  useEffect(() => {
    if (!target.current) return;
    const extensions: Extension[] = [
      EditorView.cspNonce.of(styleNonce),
      codeColors(scheme),
      EditorView.theme({ '.cm-scroller': { minHeight: `${minHeight}px`, maxHeight: `${maxHeight}px` } }),
      // Of what is longer than its frame, the rest is reached by keyboard too.
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorState.readOnly.of(isReadOnly),
      lineNumbers(),
      bracketMatching(),
      indentOnInput(),
      highlightSelectionMatches(),
      history(),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current?.(update.state.doc.toString());
      }),
    ];
    if (isWrapped) extensions.push(EditorView.lineWrapping);
    if (language === 'json') extensions.push(json());
    if (language === 'yaml') extensions.push(yaml());
    const editor = new EditorView({ doc: value, extensions, parent: target.current });
    view.current = editor;
    editorTexts.set(editor.contentDOM, () => editor.state.doc.toString());
    return () => editor.destroy();
  }, [scheme, language, isReadOnly, label, isWrapped, minHeight, maxHeight]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={target} />;
}
