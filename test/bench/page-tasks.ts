import type { Page } from 'playwright-core'

interface TraceEvent {
  name: string
  pid: number
  tid: number
  ph: string
  /** Microseconds of the thread's processor time, which do not depend on other processes. */
  tdur?: number
  args?: { name?: string }
}

/** Records what the browser's threads run. Returns a function that stops and returns the record. */
export async function recordTasks(page: Page): Promise<() => Promise<TraceEvent[]>> {
  const browser = page.context().browser()
  if (!browser) throw new Error('the page has no browser')
  await browser.startTracing(page, {
    categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'],
  })
  return async () => JSON.parse(String(await browser.stopTracing())).traceEvents
}

/** Milliseconds of processor time of each task of a page's main thread. */
export function taskTimes(events: TraceEvent[]): number[] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}:${tid}`),
  )
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name === 'RunTask' && mains.has(`${pid}:${tid}`),
  )
  // A few tasks have no processor time.
  const times = tasks.flatMap(({ tdur }) => tdur ?? [])
  if (times.length === 0) throw new Error('the trace has no tasks of a main thread')
  return times.map((time) => time / 1000)
}
