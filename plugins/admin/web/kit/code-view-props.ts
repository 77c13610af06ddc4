/** What a view of code shows. */

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
