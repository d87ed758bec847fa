/** US dollars, region us-central1, from stored copies of Google's pages of November 2026. Free tiers are separate. */
export const PRICES = {
  /** https://cloud.google.com/run/pricing: request-based billing, tier 1 regions. */
  run: { vcpuSecond: 0.000024, gibSecond: 0.0000025, request: 0.4 / 1e6, freeVcpuSeconds: 180_000 },
  /** https://firebase.google.com/docs/firestore/pricing: Oregon; most of the US is the same. */
  firestore: { read: 0.03 / 1e5, write: 0.09 / 1e5, delete: 0.01 / 1e5 },
  /** https://cloud.google.com/pubsub/pricing: publishing and delivering count, each at least 1,000 bytes. */
  pubsub: { byte: 40 / 2 ** 40, leastBytes: 1_000 },
  /** https://firebase.google.com/pricing: data transfer to users, per GB; 10 GB a month are free. */
  hosting: { gb: 0.15 },
  /** https://cloud.google.com/scheduler/pricing: per job and month. */
  scheduler: { job: 0.1, free: 3 },
  /** https://cloud.google.com/secret-manager/pricing: per version and month. */
  secrets: { version: 0.06, free: 6 },
  /** https://cloud.google.com/artifact-registry/pricing: per GB and month. */
  images: { gb: 0.1, free: 0.5 },
  /**
   * https://cloud.google.com/monitoring/alerts/cost-control: per condition on a metric and month, and per time series that
   * a condition returns, every 30 s. Google announced these for 2025 and later; alerts on logs cost nothing.
   */
  alerts: { condition: 1.5, series: 0.35 / 1e6 },
} as const
