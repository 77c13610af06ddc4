/** Two versions of one text, of which somebody makes one: part by part, or by writing. */

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { codeStyle } from 'patchbay-platform/ui';
import { use, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

const style = codeStyle();

export interface MergeEditorProps {
  theirs: string;
  mine: string;
  onChange(text: string): void;
}

export default function MergeEditor({ theirs, mine, onChange }: MergeEditorProps) {
  const { t } = useTranslation('workflows');
  const { codeColors, styleNonce } = use(style);
  const scheme = useComputedColorScheme('light');
  const target = useRef<HTMLDivElement>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (!target.current) return;
    const editor = new EditorView({
      doc: mine,
      parent: target.current,
      extensions: [
        EditorView.cspNonce.of(styleNonce),
        codeColors(scheme),
        EditorView.theme({
          '.cm-scroller': { maxHeight: '55dvh', overflow: 'auto' },
          // The editor's own are white, on whatever a browser gives to buttons.
          '.cm-deletedChunk .cm-chunkButtons button': {
            border: '1px solid var(--mantine-color-default-border)',
            background: 'var(--mantine-color-default)',
            color: 'var(--mantine-color-text)',
          },
        }),
        EditorView.contentAttributes.of({ 'aria-label': t('editor.merge.label') }),
        EditorState.phrases.of({ '$ unchanged lines': t('editor.merge.unchanged') }),
        EditorView.lineWrapping,
        lineNumbers(),
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        yaml(),
        unifiedMergeView({
          original: theirs,
          collapseUnchanged: { margin: 3, minSize: 6 },
          mergeControls(type, action) {
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = t(type === 'accept' ? 'editor.merge.keep' : 'editor.merge.take');
            // The text keeps the cursor.
            button.onmousedown = (event) => event.preventDefault();
            button.onclick = action;
            return button;
          },
        }),
        EditorView.updateListener.of((update) => update.docChanged && latest.current(update.state.doc.toString())),
      ],
    });
    return () => editor.destroy();
  }, [theirs, mine, scheme, codeColors, styleNonce, t]);
  return <div ref={target} />;
}
