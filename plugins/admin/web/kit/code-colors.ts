/** Colours of code with enough contrast in both schemes (WCAG 1.4.3); CodeMirror's own fail in the dark. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

interface Palette {
  ink: string;
  paper: string;
  gutter: string;
  faint: string;
  selection: string;
  name: string;
  text: string;
  number: string;
  comment: string;
}

const LIGHT: Palette = {
  ink: '#212529',
  paper: '#ffffff',
  gutter: '#5c636a',
  faint: '#f1f3f5',
  selection: '#d0ebff',
  name: '#1864ab',
  text: '#2b6a1e',
  number: '#a61e4d',
  comment: '#5c636a',
};
const DARK: Palette = {
  ink: '#e9ecef',
  paper: '#1f1f1f',
  gutter: '#a6a7ab',
  faint: '#2b2b2b',
  selection: '#1c4a6e',
  name: '#74c0fc',
  text: '#8ce99a',
  number: '#faa2c1',
  comment: '#a6a7ab',
};

export function codeColors(scheme: 'light' | 'dark'): Extension {
  const colors = scheme === 'dark' ? DARK : LIGHT;
  const { ink, paper, gutter, faint, selection } = colors;
  return [
    EditorView.theme(
      {
        '&': { color: ink, backgroundColor: paper, border: '1px solid var(--mantine-color-default-border)' },
        '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)' },
        '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '13px', overflow: 'auto' },
        '.cm-gutters': { color: gutter, backgroundColor: faint, border: 'none' },
        '.cm-cursor': { borderLeftColor: ink },
        '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': { backgroundColor: selection },
        '.cm-panels, .cm-tooltip': { color: ink, backgroundColor: faint },
        '.cm-panels input, .cm-panels button': { color: ink, backgroundColor: paper, backgroundImage: 'none' },
      },
      { dark: scheme === 'dark' },
    ),
    syntaxHighlighting(
      HighlightStyle.define([
        { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.keyword], color: colors.name },
        { tag: [tags.string, tags.content], color: colors.text },
        { tag: [tags.number, tags.bool, tags.null, tags.atom], color: colors.number },
        { tag: [tags.comment, tags.meta], color: colors.comment, fontStyle: 'italic' },
      ]),
    ),
  ];
}
