/** What a comparison of two texts is told; of the view and of the editor that it loads. */
export interface DiffViewProps {
  /** For screen readers. */
  label: string;
  before: string;
  after: string;
  maxHeight?: number;
}
