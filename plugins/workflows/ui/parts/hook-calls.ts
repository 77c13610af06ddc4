/** The call that starts a workflow from outside, as its address wants it, with an input that its schema takes. */
type Words = (key: string) => string;

const DOORS = { open: 'nobody', signed: 'signature', closed: 'key' } as const;
/** Deeper than anybody reads an example. */
const DEEPEST = 4;
const OF_FORMATS: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  uri: 'https://example.com',
  date: '2030-01-31',
  'date-time': '2030-01-31T12:00:00Z',
};

interface HookOf {
  namespace: string;
  name: string;
  hook: keyof typeof DOORS;
  /** The schema of its input; null when it takes anything. */
  input: Record<string, unknown> | null;
}

export function hookCalls(t: Words, { namespace, name, hook, input }: HookOf) {
  const path = `/hooks/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const sample = input && sampleOf(input);
  const body = isRecord(sample) ? sample : { text: 'Hello' };
  return [{ about: t('workflow.tryHook'), method: 'POST', path, body, by: DOORS[hook] }] as const;
}

/** What is required, else all that it knows. */
function sampleOf(schema: unknown, depth = 0): unknown {
  if (!isRecord(schema) || depth > DEEPEST) return {};
  const [example] = [schema.default, schema.const, first(schema.examples), first(schema.enum)].filter(isGiven);
  if (example !== undefined) return example;
  const variant = first(schema.oneOf) ?? first(schema.anyOf);
  if (variant !== undefined) return sampleOf(variant, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  if (type === 'object' || isRecord(schema.properties)) {
    const fields = Object.entries(isRecord(schema.properties) ? schema.properties : {});
    const required = Array.isArray(schema.required) ? schema.required : [];
    const shown = required.length > 0 ? fields.filter(([name]) => required.includes(name)) : fields;
    return Object.fromEntries(shown.map(([name, own]) => [name, sampleOf(own, depth + 1)]));
  }
  if (type === 'array') return [sampleOf(schema.items, depth + 1)];
  if (type === 'boolean') return true;
  if (type === 'number' || type === 'integer') return typeof schema.minimum === 'number' ? schema.minimum : 1;
  return OF_FORMATS[String(schema.format)] ?? 'Hello';
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
