/** The call that starts a workflow from outside, as its address wants it. */

type Words = (key: string) => string;

const DOORS = { open: 'nobody', signed: 'signature', closed: 'key' } as const;

interface HookOf {
  namespace: string;
  name: string;
  hook: keyof typeof DOORS;
}

export function hookCalls(t: Words, { namespace, name, hook }: HookOf) {
  const path = `/hooks/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  return [{ about: t('workflow.tryHook'), method: 'POST', path, body: { text: 'Hello' }, by: DOORS[hook] }] as const;
}
