/** CodeMirror with two texts in it: read only, in the colours of the scheme, with the page's nonce. */
import { yaml } from '@codemirror/lang-yaml';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { codeColors } from './code-colors.ts';
import type { DiffViewProps } from './diff-view-props.ts';
import { styleNonce } from './style-nonce.ts';

const AROUND = { margin: 3, minSize: 6 };

export default function DiffEditor({ label, before, after, maxHeight = 560 }: DiffViewProps) {
  const target = useRef<HTMLDivElement>(null);
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (!target.current) return;
    const editor = new EditorView({
      doc: after,
      parent: target.current,
      extensions: [
        EditorView.cspNonce.of(styleNonce),
        codeColors(scheme),
        EditorView.theme({
          '.cm-scroller': { maxHeight: `${maxHeight}px` },
          '.cm-deletedChunk *, .cm-changedText': { color: 'var(--mantine-color-text)' },
        }),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
        EditorState.readOnly.of(true),
        EditorState.phrases.of({ '$ unchanged lines': t('diff.unchanged') }),
        EditorView.lineWrapping,
        lineNumbers(),
        yaml(),
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: AROUND }),
      ],
    });
    return () => editor.destroy();
  }, [before, after, label, maxHeight, scheme, t]);
  return <div ref={target} />;
}
