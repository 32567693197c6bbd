import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Description<Label extends string> = {
  readonly name: `overread_${string}`;
  readonly help: string;
  readonly labels?: readonly Label[];
};

/**
 * The metrics of one process. Labels are generator, version, modality, feed, topic, stage and the like; never an
 * accession, a patient or a person. A metric asked for twice under one name is the same metric.
 */
export type Metrics = {
  counter<L extends string>(d: Description<L>): Counter<L>;
  /** `collect` runs at each scrape and sets the gauge; where it fails the last value stays and is counted as stale. */
  gauge<L extends string>(d: Description<L>, collect?: (gauge: Gauge<L>) => void | Promise<void>): Gauge<L>;
  histogram<L extends string>(d: Description<L> & { readonly buckets: readonly number[] }): Histogram<L>;
  /** The page Prometheus scrapes. */
  page(): Promise<{ contentType: string; body: string }>;
  /** Adds memory, CPU, event loop and garbage collection of the process, under prom-client's own names. */
  watchProcess(): void;
  names(): string[];
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  const stale = new Counter({
    name: 'overread_metrics_stale_total',
    help: 'Times a figure could not be read at a scrape; its last value was shown.',
    labelNames: ['metric'],
    registers: [registry],
  });
  const existing = <M>(name: string): M | undefined => registry.getSingleMetric(name) as M | undefined;
  return {
    counter<L extends string>(d: Description<L>) {
      return (
        existing<Counter<L>>(d.name) ??
        new Counter<L>({ name: d.name, help: d.help, labelNames: d.labels ?? [], registers: [registry] })
      );
    },
    gauge<L extends string>(d: Description<L>, collect?: (gauge: Gauge<L>) => void | Promise<void>) {
      return (
        existing<Gauge<L>>(d.name) ??
        new Gauge<L>({
          name: d.name,
          help: d.help,
          labelNames: d.labels ?? [],
          registers: [registry],
          ...(collect === undefined
            ? {}
            : {
                // A database that is away must not take every other metric of the page with it.
                async collect() {
                  try {
                    await collect(this as unknown as Gauge<L>);
                  } catch {
                    stale.inc({ metric: d.name });
                  }
                },
              }),
        })
      );
    },
    histogram<L extends string>(d: Description<L> & { readonly buckets: readonly number[] }) {
      return (
        existing<Histogram<L>>(d.name) ??
        new Histogram<L>({
          name: d.name,
          help: d.help,
          labelNames: d.labels ?? [],
          buckets: [...d.buckets],
          registers: [registry],
        })
      );
    },
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    names: () => registry.getMetricsAsArray().map((m) => m.name),
  };
}
