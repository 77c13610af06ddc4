/** The rules of a robot stand on its own page. */
import { useParam, useRouter } from 'patchbay-platform/ui';
import { useEffect } from 'react';

export default function Policy() {
  const robotId = useParam('id');
  const { go } = useRouter();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each robot
  useEffect(() => go(`/assistants/${robotId}?tab=rules`, { replace: true }), [robotId]);
  return null;
}
