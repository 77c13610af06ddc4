/** What the text side of the editor is made of. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, hoverTooltip, keymap, lineNumbers, type ViewUpdate } from '@codemirror/view';
import { isJson, unitOf } from '../edits/text.ts';
import { completionOf, type Words, wordAt } from './language-help.ts';
import { markedTask, markedTaskLook } from './marked-task.ts';

export interface TextOptions {
  label: string;
  nonce: string;
  words: Words;
  /** CodeMirror's own texts, in the language of the page. */
  phrases: Readonly<Record<string, string>>;
  changed(update: ViewUpdate): void;
}

export function textExtensions(text: string, { label, nonce, words, phrases, changed }: TextOptions): Extension[] {
  return [
    EditorView.cspNonce.of(nonce),
    // What scrolls can be reached by Tab.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorState.phrases.of(phrases),
    // What stands in the text stays in it, a lonely carriage return too.
    EditorState.lineSeparator.of('\n'),
    indentUnit.of(' '.repeat(unitOf(text))),
    lineNumbers(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    lintGutter(),
    isJson(text) ? json() : yaml(),
    autocompletion({ override: [(context) => completionOf(context, words)], activateOnTyping: true }),
    hoverTooltip((view, at) => {
      const word = wordAt(view.state.doc.toString(), at);
      const said = word && words.about(word.text);
      if (!word || !said) return null;
      return {
        pos: word.from,
        end: word.to,
        above: true,
        create() {
          const dom = document.createElement('div');
          dom.className = 'cm-said';
          dom.textContent = said;
          return { dom };
        },
      };
    }),
    markedTask,
    markedTaskLook,
    EditorView.theme({
      '&': { height: '100%' },
      '.cm-scroller': { overflow: 'auto' },
      '.cm-said': { padding: '4px 8px', maxWidth: '320px' },
    }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...searchKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.updateListener.of(changed),
  ];
}
