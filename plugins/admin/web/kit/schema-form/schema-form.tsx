/**
 * A form out of a JSON Schema: what a plugin declares for its functions, and a workflow for its input, people can fill in
 * without knowing JSON. What no field fits is written as JSON.
 */
import { ActionIcon, Box, Group, Stack, Tooltip } from '@mantine/core';
import IconForms from '@tabler/icons-react/dist/esm/icons/IconForms.mjs';
import IconVariable from '@tabler/icons-react/dist/esm/icons/IconVariable.mjs';
import { type ComponentType, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, type Issue } from '../../client/api-error.ts';
import { type ExpressionField, type FieldProps, FormContext, isExpression, useForm, useIssue } from './field.ts';
import { ListField, MapField, ObjectField, VariantsField } from './groups.tsx';
import {
  AnythingField,
  BooleanField,
  ChoiceField,
  JsonField,
  LongTextField,
  NumberField,
  TextField,
  TextsField,
} from './leaves.tsx';
import { descriptionOf, emptyOf, type FieldKind, kindOf, plainSchema } from './schema.ts';

export interface SchemaFormProps {
  schema: unknown;
  value: unknown;
  /** Gets the whole value; what is not written is left out of it. */
  onChange(value: unknown): void;
  /** What is wrong, by the path of the field in `value`; see `issuesUnder`. */
  errors?: readonly Issue[];
  isDisabled?: boolean;
  /** The name of the value when the schema is not one of an object. */
  label?: string;
  /** With it every field can hold `${ … }` in place of its value. */
  Expression?: ExpressionField;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the mark of an expression in the language of workflows
const FIRST_EXPRESSION = '${ . }';
const NONE: readonly Issue[] = [];
const FIELDS: Readonly<Record<Exclude<FieldKind, 'constant'>, ComponentType<FieldProps>>> = {
  text: TextField,
  longText: LongTextField,
  texts: TextsField,
  number: NumberField,
  boolean: BooleanField,
  choice: ChoiceField,
  object: ObjectField,
  map: MapField,
  list: ListField,
  variants: VariantsField,
  json: JsonField,
  anything: AnythingField,
};

export function SchemaForm({
  schema,
  value,
  onChange,
  errors = NONE,
  isDisabled = false,
  label = '',
  Expression,
}: SchemaFormProps) {
  const form = useMemo(
    () => ({ root: schema, issues: errors, isDisabled, Expression: Expression ?? null, Field: AnyField }),
    [schema, errors, isDisabled, Expression],
  );
  return (
    <FormContext.Provider value={form}>
      <AnyField
        schema={plainSchema(schema, schema)}
        label={label}
        path={[]}
        value={value}
        isRequired
        onChange={onChange}
      />
    </FormContext.Provider>
  );
}

/** A text that stands there becomes one in an expression, so that data can be put into it. */
function expressionOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? `\${ ${JSON.stringify(value)} }` : FIRST_EXPRESSION;
}

/** What a refusal says about the value that was sent at this place: `issuesUnder(error, 'body', 'input')`. */
export function issuesUnder(error: unknown, ...place: readonly string[]): readonly Issue[] {
  if (!(error instanceof ApiError)) return NONE;
  return error.issues
    .filter(({ path }) => place.every((name, index) => path[index] === name))
    .map(({ path, message }) => ({ path: path.slice(place.length), message }));
}

function AnyField(props: FieldProps) {
  const { Expression, isDisabled, root } = useForm();
  const { t } = useTranslation();
  const error = useIssue(props.path);
  // A field in which an expression stood stays one for expressions while another is written into it.
  const [wasWritten, setWritten] = useState(false);
  const isWritten = isExpression(props.value) || (wasWritten && typeof props.value === 'string');
  if (isWritten !== wasWritten && isExpression(props.value)) setWritten(true);
  const kind = kindOf(props.schema, props.path.length);
  if (kind === 'constant') return null;
  const Own = FIELDS[kind];
  if (!Expression || (props.schema['x-expression'] === false && !isWritten)) return <Own {...props} />;
  const toggle = (
    <Tooltip label={t(isWritten ? 'form.asField' : 'form.asExpression')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        disabled={isDisabled}
        aria-label={`${t(isWritten ? 'form.asField' : 'form.asExpression')}: ${props.label}`}
        onClick={() => {
          setWritten(!isWritten);
          props.onChange(
            isWritten ? (props.isRequired ? emptyOf(props.schema, root) : undefined) : expressionOf(props.value),
          );
        }}
      >
        {isWritten ? <IconForms size={16} /> : <IconVariable size={16} />}
      </ActionIcon>
    </Tooltip>
  );
  const isAlways = props.schema.format === 'expression';
  if (isWritten || isAlways) {
    const { label, path, value, isRequired, onChange } = props;
    const description = descriptionOf(props.schema);
    const written = typeof value === 'string' ? value : '';
    return (
      <Expression
        label={label}
        description={description}
        error={error}
        path={path}
        isRequired={isRequired}
        isDisabled={isDisabled}
        value={written}
        onChange={(next) => onChange(next === '' && !isRequired ? undefined : next)}
        rightSection={isAlways ? null : toggle}
      />
    );
  }
  // The form as a whole is a list of fields, each with its own button.
  if (kind === 'object' && props.path.length === 0) return <Own {...props} />;
  return (
    <Group
      gap={4}
      align={['text', 'texts', 'number', 'choice', 'anything'].includes(kind) ? 'flex-end' : 'flex-start'}
      wrap="nowrap"
    >
      <Stack flex={1} gap={0} miw={0}>
        <Own {...props} />
      </Stack>
      <Box>{toggle}</Box>
    </Group>
  );
}
