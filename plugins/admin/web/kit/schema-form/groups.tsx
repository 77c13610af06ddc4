/** Fields that hold others: objects, lists, names with values, and one of several shapes. */
import { Group, Select, Stack, TextInput } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isRecord } from '../../client/api-error.ts';
import { type FieldProps, useForm } from './field.ts';
import { Add, Fields, Part, Small } from './frame.tsx';
import {
  emptyOf,
  type FieldKind,
  fits,
  kindOf,
  isRequired as needs,
  plainSchema,
  propertiesOf,
  titleOf,
  variantsOf,
  wordOf,
} from './schema.ts';

export function ObjectField({ schema, label, path, value, isRequired, onChange }: FieldProps) {
  const { Field, root } = useForm();
  const held = isRecord(value) ? value : {};
  const fields = Object.entries(propertiesOf(schema)).map(([name, given]) => {
    const own = plainSchema(given, root);
    return (
      <Field
        key={name}
        schema={own}
        label={titleOf(own, name)}
        path={[...path, name]}
        value={held[name]}
        isRequired={needs(schema, name)}
        onChange={(next) => onChange(withEntry(held, name, next))}
      />
    );
  });
  // The outermost is the form itself.
  if (path.length === 0) return <Stack gap="sm">{fields}</Stack>;
  return (
    <Part
      schema={schema}
      label={label}
      path={path}
      value={value}
      isRequired={isRequired}
      onChange={onChange}
      add={() => onChange(emptyOf(schema, root))}
    >
      {fields}
    </Part>
  );
}

export function ListField({ schema, label, path, value, isRequired, onChange }: FieldProps) {
  const { Field, root, isDisabled } = useForm();
  const { t } = useTranslation();
  const items = Array.isArray(value) ? value : [];
  const own = plainSchema(schema.items, root);
  const put = (next: readonly unknown[]) => onChange(next.length === 0 && !isRequired ? undefined : next);
  const swapped = (at: number) => [...items.slice(0, at - 1), items[at], items[at - 1], ...items.slice(at + 1)];
  return (
    <Fields label={label} schema={schema} path={path}>
      {items.map((item, index) => {
        const name = titleOf(own, '')
          ? t('form.named', { name: own.title, number: index + 1 })
          : t('form.item', { number: index + 1 });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what an item is known by
          <Group key={index} gap={4} align="flex-end" wrap="nowrap">
            <Stack flex={1} gap={0} miw={0}>
              <Field
                schema={own}
                label={name}
                path={[...path, String(index)]}
                value={item}
                isRequired
                isEntry
                onChange={(next) => put(items.with(index, next))}
              />
            </Stack>
            {index > 0 && (
              <Small label={t('form.up', { name })} onClick={() => put(swapped(index))}>
                <IconArrowUp size={16} />
              </Small>
            )}
            {index < items.length - 1 && (
              <Small label={t('form.down', { name })} onClick={() => put(swapped(index + 1))}>
                <IconArrowDown size={16} />
              </Small>
            )}
            <Small label={t('form.remove', { name })} onClick={() => put(items.toSpliced(index, 1))}>
              <IconX size={16} />
            </Small>
          </Group>
        );
      })}
      <Add
        label={wordOf(schema, 'x-add') ?? t('form.addTo', { name: label })}
        isDisabled={isDisabled}
        onClick={() => put([...items, emptyOf(own, root)])}
      />
    </Fields>
  );
}

/** Fields that stand beside a name. */
const SIMPLE: ReadonlySet<FieldKind> = new Set(['anything', 'text', 'number', 'choice']);

/** An object whose names are the writer's own. */
export function MapField({ schema, label, path, value, isRequired, onChange }: FieldProps) {
  const { Field, root, isDisabled } = useForm();
  const { t } = useTranslation();
  const held = isRecord(value) ? value : {};
  const own = plainSchema(schema.additionalProperties, root);
  const isSimple = SIMPLE.has(kindOf(own, path.length));
  const first = 'type' in own ? emptyOf(own, root) : '';
  const [name, setName] = useState('');
  const [next, setNext] = useState(first);
  /** The entry of the row in which a new one is written: with a simple value it is one from its first letter on. */
  const [begun, setBegun] = useState<string | null>(null);
  const current = begun !== null && Object.hasOwn(held, begun) ? begun : null;
  const others = current === null ? held : withEntry(held, current, undefined);
  const key = name.trim();
  const put = (next: Record<string, unknown>) =>
    onChange(Object.keys(next).length === 0 && !isRequired ? undefined : next);
  const write = (written: string, item: unknown) => {
    setName(written);
    setNext(item);
    const to = written.trim();
    const isFree = to !== '' && !Object.hasOwn(others, to);
    setBegun(isFree ? to : null);
    if (isFree) put({ ...others, [to]: item });
    else if (current !== null) put(others);
  };
  const add = () => {
    if (!isSimple) put({ ...held, [key]: next });
    setName('');
    setNext(first);
    setBegun(null);
  };
  const adds = wordOf(schema, 'x-add') ?? t('form.addTo', { name: label });
  const canAdd = key !== '' && !Object.hasOwn(others, key) && !isDisabled;
  return (
    <Fields label={label} schema={schema} path={path}>
      {Object.entries(others).map(([key, item]) => (
        <Group key={key} gap={4} align="flex-end" wrap="nowrap">
          <Stack flex={1} gap={0} miw={0}>
            <Field
              schema={own}
              label={key}
              path={[...path, key]}
              value={item}
              isRequired
              isEntry
              onChange={(next) => put(withEntry(held, key, next))}
            />
          </Stack>
          <Small label={t('form.remove', { name: key })} onClick={() => put(withEntry(held, key, undefined))}>
            <IconX size={16} />
          </Small>
        </Group>
      ))}
      <Group gap="xs" align="flex-end">
        <TextInput
          flex="1 1 100px"
          label={wordOf(schema, 'x-name') ?? t('form.newName')}
          value={name}
          disabled={isDisabled}
          onChange={({ currentTarget }) => (isSimple ? write(currentTarget.value, next) : setName(currentTarget.value))}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            if (canAdd) add();
          }}
        />
        {isSimple ? (
          <>
            <Stack flex="2 1 140px" gap={0} miw={0}>
              <Field
                schema={own}
                label={t('form.newValue')}
                path={[...path, key]}
                value={current === null ? next : held[current]}
                isRequired
                isEntry
                onChange={(item) => write(name, item)}
              />
            </Stack>
            <Small label={adds} isOff={!canAdd} onClick={add}>
              <IconPlus size={16} />
            </Small>
          </>
        ) : (
          <Add label={adds} isDisabled={!canAdd} onClick={add} />
        )}
      </Group>
    </Fields>
  );
}

/** One of several shapes, chosen by its name. */
export function VariantsField(props: FieldProps) {
  const { schema, label, value, isRequired, onChange } = props;
  const { Field, root, isDisabled } = useForm();
  const { t } = useTranslation();
  const variants = variantsOf(schema)
    .filter((variant) => variant.type !== 'null')
    .map((variant) => plainSchema(variant, root));
  const fitting = value === undefined ? -1 : variants.findIndex((variant) => fits(value, variant, root));
  const [chosen, setChosen] = useState(fitting);
  const at =
    chosen !== -1 && value !== undefined && (fitting === -1 || fits(value, variants[chosen], root)) ? chosen : fitting;
  const variant = variants[at];
  return (
    <Fields label={label} schema={schema} path={props.path}>
      <Select
        label={t('form.shape')}
        data={variants.map((one, index) => ({ value: String(index), label: shapeName(one, index) }))}
        value={at === -1 ? null : String(at)}
        placeholder={t('form.choose')}
        disabled={isDisabled}
        clearable={!isRequired}
        allowDeselect={false}
        clearButtonProps={{ 'aria-label': t('form.clear', { name: label }) }}
        onChange={(next) => {
          setChosen(next === null ? -1 : Number(next));
          onChange(next === null ? undefined : emptyOf(variants[Number(next)], root));
        }}
      />
      {variant && value !== undefined && <Field {...props} schema={variant} isRequired />}
    </Fields>
  );
}

function shapeName(variant: Readonly<Record<string, unknown>>, index: number): string {
  const constant = Object.values(propertiesOf(variant)).find((own) => isRecord(own) && 'const' in own);
  if (isRecord(constant)) return titleOf(variant, String(constant.const));
  const [first] = Object.keys(propertiesOf(variant));
  return titleOf(variant, first ?? String(variant.type ?? index + 1));
}

/** The object with one value changed; `undefined` takes it away. The order of the others stays. */
function withEntry(held: Readonly<Record<string, unknown>>, name: string, value: unknown): Record<string, unknown> {
  const next = { ...held, [name]: value };
  return value === undefined ? Object.fromEntries(Object.entries(next).filter(([key]) => key !== name)) : next;
}
