import { describe, expect, test } from '@jest/globals'
import { createLog } from '../../shared/platform/log.ts'
import { functions, modules, terraform } from './deployed.ts'

const { resources, locals } = modules.monitoring

describe('logs', () => {
  const { filter } = resources.google_logging_project_exclusion?.scan_keys ?? {}
  const [, pattern = ''] = /^httpRequest\.requestUrl=~"(.+)"$/.exec(filter) ?? []

  test.each([
    ['/api/v1/scan/1/matches?key=K', true],
    ['/api/v1/ws/updates?scan_id=1&after=&key=K', true],
    ['/api/v1/albums/1/photos/2?scan_id=3&key=K', true],
    ['/?state=1&code=4%2F0', true],
    ['/api/v1/scan/1/status', false],
    ['/api/v1/drive/qr?url=https%3A%2F%2Fexample.com&size=360', false],
  ])('of %s are dropped: %s', (path, dropped) => {
    expect(new RegExp(pattern).test(`https://relay-abc-uc.a.run.app${path}`)).toBe(dropped)
  })

  test('have the field by which errors are counted', () => {
    const lines: string[] = []
    createLog('info', { write: (line) => lines.push(line) }).warn({ code: 'not_an_image' }, 'a file failed')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code: 'not_an_image' })
    const { filter, label_extractors } = resources.google_logging_metric?.errors ?? {}
    expect(filter).toContain('jsonPayload.code:*')
    expect(label_extractors).toEqual({ code: 'EXTRACT(jsonPayload.code)' })
  })
})

describe('dashboard and alerts', () => {
  const { charts, log_alerts: logAlerts, metric_alerts: metricAlerts } = locals

  test('show what an operator has to know', () => {
    expect(charts.map(({ title }: { title: string }) => title)).toEqual([
      expect.stringMatching(/^Files per second/),
      expect.stringMatching(/^Refused pushes/),
      expect.stringMatching(/^Pushes/),
      expect.stringMatching(/^Age of the oldest task/),
      expect.stringMatching(/^Engine: paid seconds/),
      expect.stringMatching(/^Engine: milliseconds/),
      expect.stringMatching(/^Errors per second, by code/),
      expect.stringMatching(/^5xx/),
    ])
    expect(Object.keys({ ...logAlerts, ...metricAlerts }).toSorted()).toEqual([
      'dead_letter',
      'oldest_task',
      'scheduler',
      'server_errors',
    ])
    expect(resources.google_billing_budget?.month.count).toBe('${var.billing_account == "" ? 0 : 1}')
  })

  test('watch functions that exist', () => {
    const text = JSON.stringify(terraform.modules.monitoring)
    const named = [...text.matchAll(/function\[\\+"([\w-]+)\\+"\]/g)].map(([, name = '']) => name)
    expect(named.toSorted()).toEqual(
      ['face-match', 'face-match-dead-letter'].filter((name) => name in functions),
    )
  })

  test.each([...charts, ...Object.values(metricAlerts)] as { title: string; filter: string }[])(
    '$title: one metric of one kind of resource',
    ({ filter }) => {
      expect(filter).toMatch(/^metric\.type="(run|pubsub|logging)\.googleapis\.com\//)
      expect(filter).toMatch(/\$\{local\.on_(tasks|matcher|any)\}/)
    },
  )
})
