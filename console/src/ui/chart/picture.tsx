import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendScrollComponent, TooltipComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { count } from '../figure';
import type { ChartData } from './chart-data';

use([BarChart, LineChart, GridComponent, LegendScrollComponent, TooltipComponent, SVGRenderer]);

/** Told apart also by those who see colours otherwise (after Okabe and Ito). */
const COLOURS = ['#0f8aa8', '#e69f00', '#cc5a71', '#7a68c4', '#56a86b', '#8a8f98'];

/** The drawing itself: ECharts, loaded when the first chart is shown. */
export default function Picture({
  data,
  height,
  label,
}: {
  readonly data: ChartData;
  readonly height: number;
  readonly label: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    if (box.current === null) return;
    const chart = init(box.current, null, { renderer: 'svg' });
    const sized = new ResizeObserver(() => chart.resize());
    sized.observe(box.current);
    draw(chart, data, scheme === 'dark');
    return () => {
      sized.disconnect();
      chart.dispose();
    };
  }, [data, scheme]);
  return (
    <div ref={box} style={{ height }} role="img" aria-label={`${label}: its numbers are in the table`} />
  );
}

function draw(chart: EChartsType, { kind, at, showAt, series, unit }: ChartData, isDark: boolean): void {
  const [quiet, line, ground, text] = isDark
    ? ['#b8bcc4', '#3b3f46', '#25282d', '#eceef1']
    : ['#55606b', '#e6e9ec', '#ffffff', '#1b1f24'];
  // One series is what the title says.
  const isNamed = series.length > 1;
  chart.setOption({
    animation: false,
    color: COLOURS,
    grid: { left: 8, right: 12, top: isNamed ? 34 : 12, bottom: 4, containLabel: true },
    legend: {
      show: isNamed,
      // In one line, whatever it holds: below it the picture begins.
      type: 'scroll',
      top: 0,
      left: 0,
      icon: 'roundRect',
      itemWidth: 10,
      itemHeight: 10,
      textStyle: { color: quiet },
      pageTextStyle: { color: quiet },
      pageIconColor: quiet,
      pageIconInactiveColor: line,
    },
    tooltip: {
      trigger: 'axis',
      backgroundColor: ground,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? `${count(value)} ${unit ?? ''}` : '–'),
    },
    xAxis: {
      type: 'category',
      data: at.map((one) => showAt?.(one) ?? one),
      axisLabel: { color: quiet, hideOverlap: true },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      ...(unit !== '%' && isWhole(series) ? { minInterval: 1 } : {}),
      axisLabel: { color: quiet },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map(({ name, values }) => ({
      name,
      type: kind,
      data: [...values],
      ...(kind === 'bar' ? { stack: 'all', barMaxWidth: 18 } : { showSymbol: values.length < 30 }),
    })),
  });
}

/** Of what is counted there are no halves, on the axis neither. */
function isWhole(series: ChartData['series']): boolean {
  return series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)));
}
