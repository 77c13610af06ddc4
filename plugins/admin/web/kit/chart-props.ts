/** What a chart shows. */

export interface ChartProps {
  title: string;
  /** Moments in milliseconds, ascending. */
  times: readonly number[];
  series: readonly { name: string; color?: string; values: readonly (number | null)[] }[];
  height?: number;
  kind?: 'line' | 'bars';
  /** How a value reads; default: as a number. */
  format?(value: number): string;
}
