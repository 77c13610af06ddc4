/** A text with its grammar (JSON, YAML), to read or to write. CodeMirror is loaded when one is shown. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

export interface CodeViewProps {
  /** For screen readers. */
  label: string;
  value: string;
  language?: 'json' | 'yaml' | 'text';
  /** Without it the text can only be read. */
  onChange?(value: string): void;
  minHeight?: number;
  maxHeight?: number;
  isWrapped?: boolean;
}

const Editor = lazy(() => import('./code-editor.tsx'));

export function CodeView(props: CodeViewProps) {
  return (
    <Suspense fallback={<Skeleton height={props.minHeight ?? 120} />}>
      <Editor {...props} />
    </Suspense>
  );
}
