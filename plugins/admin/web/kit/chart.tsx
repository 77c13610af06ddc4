/** A line or bar chart over time; its numbers stand in a table for who does not see it. uPlot is loaded when one is shown. */
import { Skeleton, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useFormats } from '../i18n/formats.ts';
import type { ChartProps } from './chart-props.ts';

const Plot = lazy(() => import('./chart-plot.tsx'));
const HEIGHT = 180;

export function Chart(props: ChartProps) {
  const { title, times, series, height = HEIGHT, format } = props;
  const { dateTime, number } = useFormats();
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : (format ?? number)(value);
  return (
    <figure style={{ margin: 0 }}>
      <div aria-hidden style={{ minHeight: height }}>
        <Suspense fallback={<Skeleton height={height} />}>
          <Plot {...props} height={height} />
        </Suspense>
      </div>
      <VisuallyHidden>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <td />
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time, index) => (
              <tr key={time}>
                <th scope="row">{dateTime(time)}</th>
                {series.map(({ name, values }) => (
                  <td key={name}>{text(values[index])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
  );
}
