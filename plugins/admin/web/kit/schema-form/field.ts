/** What a field of a generated form gets, and what all fields of one form share. */
import { type ComponentType, createContext, useContext } from 'react';
import type { Issue } from '../../client/api-error.ts';
import { textOfIssue } from '../message.ts';
import type { JsonSchema } from './schema.ts';

export interface FieldProps {
  schema: JsonSchema;
  label: string;
  /** Names of fields and places in lists, from the outside in. */
  path: readonly string[];
  /** `undefined`: there is none. */
  value: unknown;
  isRequired: boolean;
  /** One of a list or of names with values, which is there or is taken away. */
  isEntry?: boolean;
  onChange(value: unknown): void;
}

/** Writes `${ … }`, in forms whose every value may be an expression. */
export type ExpressionField = ComponentType<{
  label: string;
  description?: string | undefined;
  error?: string | undefined;
  path: readonly string[];
  value: string;
  isRequired: boolean;
  isDisabled: boolean;
  /** The button that leads back to the field of the schema. */
  rightSection: React.ReactNode;
  onChange(value: string): void;
}>;

export interface FormOfSchema {
  root: unknown;
  issues: readonly Issue[];
  isDisabled: boolean;
  Expression: ExpressionField | null;
  /** Draws any schema; given here because fields lie in fields. */
  Field: ComponentType<FieldProps>;
}

export const FormContext = createContext<FormOfSchema | null>(null);

export function useForm(): FormOfSchema {
  const form = useContext(FormContext);
  if (!form) throw new Error('A field stands in a SchemaForm');
  return form;
}

/** What is wrong with the field at a path itself, not with one inside of it. */
export function useIssue(path: readonly string[]): string | undefined {
  const key = path.join('/');
  const issue = useForm().issues.find(({ path }) => path.join('/') === key);
  return issue && textOfIssue(issue);
}

export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && /^\s*\$\{/.test(value);
}
