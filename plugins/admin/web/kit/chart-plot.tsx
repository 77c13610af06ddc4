/** The drawing of a chart. */
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormats } from '../i18n/formats.ts';
import type { ChartProps } from './chart-props.ts';

/** `12:00 AM` beside the next one. */
const TIME_PX = 76;
/** Of the numbers at the side, and of what is written there when it is longer: money in small parts. */
const AXIS_PX = 56;
const LETTER_PX = 7;
const GAP_PX = 20;
const WHOLE_STEPS = Array.from({ length: 15 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const COLORS = ['#1c7ed6', '#0ca678', '#e8590c', '#ae3ec9', '#f59f00', '#e03131'];

export default function Plot({ times, series, height = 0, kind = 'line', format }: ChartProps) {
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  const formats = useFormats();
  const { t } = useTranslation();
  const target = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!target.current || width === 0) return;
    const ink = scheme === 'dark' ? '#c9c9c9' : '#495057';
    const lines = scheme === 'dark' ? '#424242' : '#dee2e6';
    const write = format ?? formats.number;
    // Of what is counted there are no halves.
    const isWhole = series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)));
    const axis = { stroke: ink, grid: { stroke: lines, width: 1 }, ticks: { stroke: lines, width: 1 } };
    const plot = new uPlot(
      {
        width,
        height: height - (series.length > 1 ? 28 : 0),
        // Values are those below the mouse: a finger has none, and would be shown dashes.
        legend: { show: series.length > 1, live: matchMedia('(hover: hover)').matches },
        cursor: { y: false },
        hooks: { ready: [showValues], setCursor: [showValues] },
        // The last label is not cut.
        padding: [null, TIME_PX / 2, null, null],
        scales: {
          ...(kind === 'bars' && { x: { range: wholeBars } }),
          y: { range: (_plot, _low, high) => [0, isWhole ? Math.max(high * 1.1, 1) : high * 1.1] },
        },
        axes: [
          {
            ...axis,
            space: TIME_PX,
            values: (_plot, ticks) => ticks.map((tick) => formats.dateTime(tick * 1000, tickStyle(times))),
          },
          {
            ...axis,
            size: (_plot, ticks) => Math.max(AXIS_PX, ...(ticks ?? []).map((tick) => tick.length * LETTER_PX + GAP_PX)),
            ...(isWhole && { incrs: WHOLE_STEPS }),
            values: (_plot, ticks) => ticks.map((tick) => write(tick)),
          },
        ],
        series: [
          { label: t('chart.time'), value: (_plot, time) => (time ? formats.dateTime(time * 1000) : '') },
          ...series.map(({ name, color, values }, index): uPlot.Series => {
            const stroke = color ?? COLORS[index % COLORS.length] ?? ink;
            const value: uPlot.Series.Value = (_plot, _shown, _series, at) => {
              const shown = at === null ? null : (values[at] ?? null);
              return shown === null ? '–' : write(shown);
            };
            const bars = uPlot.paths.bars?.({ size: [0.7, 60] });
            return {
              label: name,
              stroke,
              value,
              width: 2,
              points: { show: times.length < 2 },
              ...(kind === 'bars' && bars && { paths: bars, fill: `${stroke}66` }),
            };
          }),
        ],
      },
      [
        times.map((time) => time / 1000),
        ...series.map(({ values }) => values.map((value) => (kind === 'bars' && value === 0 ? null : value))),
      ],
      target.current,
    );
    return () => plot.destroy();
  }, [width, height, scheme, times, series, kind, format, formats, t]);

  return (
    <div ref={ref}>
      <div ref={target} />
    </div>
  );
}

/** With room for the halves of the first and the last bar. */
function wholeBars({ data: [times] }: uPlot, low: number, high: number): [number, number] {
  const [first = low, second = first + DAY_MS / 1000] = times ?? [];
  const half = (second - first) / 2;
  return [low - half, high + half];
}

/** In the legend only while the mouse is at some time: else it names the colours. */
function showValues({ root, cursor, legend }: uPlot): void {
  const table = root.querySelector<HTMLElement>('.u-legend');
  const time = table?.querySelector<HTMLElement>('.u-series');
  if (!table || !time || !legend.live) return;
  const isAt = typeof cursor.idx === 'number' && (cursor.left ?? -1) >= 0;
  table.classList.toggle('u-live', isAt);
  time.style.display = isAt ? '' : 'none';
}

const DAY_MS = 24 * 3600_000;

function tickStyle(times: readonly number[]): Intl.DateTimeFormatOptions {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return span > 2 * DAY_MS ? { month: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit' };
}
