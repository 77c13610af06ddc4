/** What a tool is called with, or what it gave: names and values where that is all it is, JSON otherwise. */
import { CodeView, Facts, isRecord } from 'patchbay-platform/ui';

const MOST_NAMES = 20;

export function ToolValue({ value, label }: { value: unknown; label: string }) {
  if (isRecord(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '–';
    if (entries.length <= MOST_NAMES && entries.every(([, one]) => one === null || typeof one !== 'object'))
      return <Facts of={entries.map(([name, one]) => [name, one === null ? '–' : String(one)] as const)} />;
  }
  if (typeof value === 'string') return value;
  return <CodeView label={label} value={JSON.stringify(value, null, 2)} language="json" maxHeight={240} isWrapped />;
}
