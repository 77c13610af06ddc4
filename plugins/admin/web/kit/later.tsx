/** Parts that come when they are first shown: dialogs, forms, what is behind a tab. */
import { type ComponentType, lazy, Suspense } from 'react';

/**
 * A component whose file is loaded when it is first drawn; nothing stands in its place until then. Written
 * `later(() => import('./rule-form.tsx').then(({ RuleForm }) => RuleForm))`.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() }));
  return function Later(props: Props) {
    return (
      <Suspense>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
