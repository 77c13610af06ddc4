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
          <ExpressionInput label={label} value={value} isDisabled={isDisabled} onChange={onChange} />
          {rightSection}
        </Group>
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
}

/** One line of jq that grows; Tab leaves it. Its changes are undone with those of the text. */
export function ExpressionInput({ label, value, isDisabled, onChange }: ExpressionInputProps) {
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
    return () => {
      view.current = null;
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
