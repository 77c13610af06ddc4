/** A field for a jq expression: with what is in scope, and with what it gives for the data of the last run. */
import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { Group, Input, Stack, useComputedColorScheme } from '@mantine/core';
import { codeStyle, type ExpressionField as Field, useStore } from 'patchbay-platform/ui';
import { type ComponentProps, use, useEffect, useId, useRef, useState } from 'react';
import classes from '../editor.module.css';
import { useEditing } from '../model/context.ts';
import { codeOf } from '../model/trying.ts';
import { isField } from './conditions.ts';
import { DataPicker } from './data-picker.tsx';
import { ExpressionPreview } from './expression-preview.tsx';
import { scopeAt } from './scope.ts';

const style = codeStyle();

export function ExpressionField({
  label,
  description,
  error,
  value,
  isRequired,
  isDisabled,
  rightSection,
  onChange,
}: ComponentProps<Field>) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const insert = useRef<Insert | null>(null);
  const { session } = useEditing();
  const pointer = useStore(session.selected);
  return (
    <Input.Wrapper
      label={label}
      description={description}
      error={error}
      withAsterisk={isRequired}
      labelElement="div"
      labelProps={{ id }}
      onFocus={() => setOpen(true)}
    >
      <Stack gap={4}>
        <Group gap={4} wrap="nowrap" align="flex-start">
          <ExpressionInput label={label} value={value} isDisabled={isDisabled} onChange={onChange} insert={insert} />
          {rightSection}
        </Group>
        {pointer !== null && !isDisabled && (
          <DataPicker
            label={label}
            pointer={pointer}
            // Where nothing but an expression may stand, it stands there by itself.
            onPick={(reference) => insert.current?.(reference, rightSection === null)}
          />
        )}
        {isOpen && pointer !== null && <ExpressionPreview expression={value} pointer={pointer} />}
      </Stack>
    </Input.Wrapper>
  );
}

interface ExpressionInputProps {
  label: string;
  value: string;
  isDisabled: boolean;
  onChange(value: string): void;
  /** Set to what puts a reference at the cursor. */
  insert: { current: Insert | null };
}

/** `isBare`: without the mark of an expression around it. */
type Insert = (reference: string, isBare: boolean) => void;

/** One line of jq that grows; Tab leaves it. Its changes are undone with those of the text. */
function ExpressionInput({ label, value, isDisabled, onChange, insert }: ExpressionInputProps) {
  const { codeColors, styleNonce } = use(style);
  const scheme = useComputedColorScheme('light');
  const target = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const isLocked = useRef(new Compartment());
  const editing = useEditing();
  const latest = useRef({ onChange, editing });
  latest.current = { onChange, editing };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is put into the field below, not a new field
  useEffect(() => {
    if (!target.current) return;
    const editor = new EditorView({
      doc: value,
      parent: target.current,
      extensions: [
        EditorView.cspNonce.of(styleNonce),
        codeColors(scheme),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.theme({ '.cm-content': { padding: '7px 4px' }, '.cm-scroller': { maxHeight: '200px' } }),
        EditorView.lineWrapping,
        isLocked.current.of(EditorState.readOnly.of(isDisabled)),
        autocompletion({ override: [(context) => inScope(context, latest.current.editing)], icons: false }),
        keymap.of([...completionKeymap, ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter')]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString());
        }),
      ],
    });
    view.current = editor;
    insert.current = (reference, isBare) => {
      const { from, to, text } = placedIn(editor.state, reference, isBare);
      editor.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
      editor.focus();
    };
    return () => {
      view.current = null;
      insert.current = null;
      editor.destroy();
    };
  }, [scheme, label, codeColors, styleNonce]);

  useEffect(() => {
    view.current?.dispatch({ effects: isLocked.current.reconfigure(EditorState.readOnly.of(isDisabled)) });
  }, [isDisabled]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <Stack ref={target} className={classes.expression} flex={1} miw={0} gap={0} />;
}

/** Nothing has been written yet but what a new field begins with. */
const EMPTY = /^\s*(?:\$\{\s*\.?\s*\}|\.|true)?\s*$/;

/** In the place of nothing, or of another reference, into a text as a part of it, else where the cursor is. */
function placedIn({ doc, selection }: EditorState, reference: string, isBare: boolean) {
  const written = doc.toString();
  const { from, to } = selection.main;
  const isUntouched = from === 0 && to === 0;
  if (EMPTY.test(written) || (isUntouched && isField(codeOf(written)))) {
    const text = isBare ? reference : `\${ ${reference} }`;
    return { from: 0, to: doc.length, text };
  }
  // Nobody has put the cursor anywhere: at the end of what is said, inside of it.
  const last = /["]?\s*\}?\s*$/.exec(written)?.index ?? doc.length;
  const at = isUntouched ? { from: last, to: last } : { from, to };
  const isInText = (written.slice(0, at.from).match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
  return { ...at, text: isInText ? `\\(${reference})` : reference };
}

function inScope(context: CompletionContext, { session, sample, definition }: ReturnType<typeof useEditing>) {
  const word = context.matchBefore(/[$.\w[\]"]+/);
  if (!word && !context.explicit) return null;
  const { tree } = session.reading.get();
  const pointer = session.selected.get();
  if (!tree || pointer === null) return null;
  const entries = scopeAt({ tree, pointer, definition, input: sample.inputOf(pointer), outputs: sample.outputs });
  return {
    from: word?.from ?? context.pos,
    options: entries.map(({ text, detail }, index) => ({ label: text, detail, boost: -Math.min(index, 99) })),
    validFor: /^[$.\w[\]"]*$/,
  };
}
