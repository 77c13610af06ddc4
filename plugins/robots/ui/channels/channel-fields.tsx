/** What a network asks for that is more than texts, by the schema that its channel declares. */
import { isRecord, SchemaForm } from 'patchbay-platform/ui';

interface ChannelFieldsProps {
  schema: unknown;
  value: Readonly<Record<string, unknown>>;
  onChange(value: Readonly<Record<string, unknown>>): void;
}

export function ChannelFields({ schema, value, onChange }: ChannelFieldsProps) {
  return <SchemaForm schema={schema} value={value} onChange={(next) => isRecord(next) && onChange(next)} />;
}
