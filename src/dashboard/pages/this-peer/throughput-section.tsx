import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../../api/client.ts';
import { THROUGHPUT_KEY } from '../../api/live.ts';
import { RateChart } from '../../parts/rate-chart.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorNote, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';

const VIEWS = {
  hour: { title: 'Last hour', span: 3600, every: 10 },
  day: { title: 'Last day', span: 86_400, every: 300 },
} as const;
type View = keyof typeof VIEWS;

export function ThroughputSection(): ReactNode {
  const [view, setView] = useState<View>('hour');
  const { data, error } = useQuery({
    queryKey: THROUGHPUT_KEY,
    queryFn: ({ signal }) => api.throughput({}, { signal }),
  });
  const { span, every } = VIEWS[view];
  const tabs = (Object.keys(VIEWS) as View[]).map((key) => ({ key, title: VIEWS[key].title }));
  return (
    <Section title="Throughput" tools={<Tabs label="Time shown" tabs={tabs} now={view} onChange={setView} />}>
      {error && <ErrorNote error={error} />}
      {!data && !error && <Skeleton rows={7} />}
      {data && <RateChart points={data[view]} span={span} every={every} />}
      {data && data[view].length === 0 && (
        <p className="muted">
          {view === 'hour'
            ? 'The first point comes 10 s after the start of the peer.'
            : 'The first point comes 5 min after the start of the peer.'}
        </p>
      )}
    </Section>
  );
}
