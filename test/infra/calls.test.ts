import { describe, expect, test } from '@jest/globals'
import { BASE_PATH } from '../../shared/http/app.ts'
import { Environment } from '../../shared/platform/config.ts'
import { PUBSUB_NAMES } from '../../shared/queue/pubsub/topology.ts'
import {
  deployables,
  functions,
  modules,
  PUBLIC,
  pushTarget,
  services,
  sourceOf,
  terraform,
  urlOf,
} from './deployed.ts'
import { literalSet } from './terraform.ts'

const { resources } = terraform
const topics = resources.google_pubsub_topic ?? {}
const subscriptions = resources.google_pubsub_subscription ?? {}

describe('Pub/Sub', () => {
  test('has the topics and subscriptions whose names the code uses', () => {
    const { topic, subscription, deadLetterTopic, deadLetterSubscription } = PUBSUB_NAMES
    expect(topics).toMatchObject({
      face_match: { name: topic },
      face_match_dead_letter: { name: deadLetterTopic },
    })
    expect(subscriptions).toMatchObject({
      face_match: { name: subscription },
      face_match_dead_letter: { name: deadLetterSubscription },
    })
    expect(Environment.shape.FACE_MATCH_TOPIC.parse(undefined)).toBe(topic)
    expect(terraform.locals.environment.FACE_MATCH_TOPIC).toBe('${google_pubsub_topic.face_match.name}')
  })

  test.each(Object.entries(subscriptions))('pushes %s to the function of its topic', (key, subscription) => {
    const { name, path } = pushTarget(subscription)
    expect(subscription.topic).toBe(`\${google_pubsub_topic.${key}.id}`)
    expect(name).toBe(topics[key]?.name)
    // The path at which the functions framework unwraps a message.
    expect(path).toBe(`/projects/\${var.project_id}/topics/\${google_pubsub_topic.${key}.name}`)
    expect(subscription.push_config[0].oidc_token).toEqual([
      { service_account_email: '${google_service_account.push.email}', audience: urlOf(name) },
    ])
    expect(subscription.ack_deadline_seconds).toBe(600)
    expect(functions[name]?.timeout).toBeLessThan(600)
    expect(subscription.retry_policy).toEqual([{ minimum_backoff: '1s', maximum_backoff: '60s' }])
    expect(subscription.expiration_policy).toEqual([{ ttl: '' }])
  })

  test('makes a task a dead letter before its retention ends, however slow its attempts are', () => {
    const { face_match: tasks } = subscriptions
    const [{ maximum_backoff: longest }] = tasks.retry_policy
    const [{ max_delivery_attempts: attempts, dead_letter_topic: topic }] = tasks.dead_letter_policy
    expect(topic).toBe('${google_pubsub_topic.face_match_dead_letter.id}')
    expect(attempts).toBe(10)
    const seconds = attempts * (tasks.ack_deadline_seconds + Number.parseInt(longest, 10))
    expect(seconds).toBeLessThan(Number.parseInt(tasks.message_retention_duration, 10))
  })

  test('has the rights to move tasks to the dead letters', () => {
    const member = '${google_project_service_identity.pubsub.member}'
    expect(resources.google_pubsub_topic_iam_member?.dead_letter_publisher).toEqual({
      topic: '${google_pubsub_topic.face_match_dead_letter.id}',
      role: 'roles/pubsub.publisher',
      member,
    })
    expect(resources.google_pubsub_subscription_iam_member?.dead_letter_subscriber).toEqual({
      subscription: '${google_pubsub_subscription.face_match.id}',
      role: 'roles/pubsub.subscriber',
      member,
    })
  })

  test('pushes to workers that take two images at a time, one of them to download it, and tells scan how many there are', () => {
    expect(functions['face-match']).toMatchObject({
      concurrency: 2,
      max_instances: '${var.face_match_max_instances}',
      environment: { MATCH_CONCURRENCY: 1 },
    })
    expect(functions.scan?.environment.MATCH_CONCURRENCY).toBe('${var.face_match_max_instances}')
  })
})

describe('Scheduler', () => {
  test.each([
    ['reconcile', '*/5 * * * *', '/reconcile'],
    ['sync', '*/10 * * * *', '/drive/sync'],
    ['albums', '* * * * *', '/albums/refresh'],
  ])('calls %s', (name, schedule, path) => {
    const job = resources.google_cloud_scheduler_job?.[name]
    expect(job).toMatchObject({ schedule, attempt_deadline: `${functions[name]?.timeout}s` })
    expect(job.http_target[0]).toMatchObject({ http_method: 'POST', uri: urlOf(name) + BASE_PATH + path })
    expect(sourceOf(name)).toContain(`.post('${path}'`)
  })
})

describe('who may call', () => {
  const invokers = resources.google_cloud_run_v2_service_iam_member ?? {}

  test('everybody may call the public functions, and no others', () => {
    const everybody = Object.values(invokers)
      .filter(({ member }) => member === 'allUsers')
      .flatMap((invoker) => literalSet(invoker.for_each) ?? services)
    expect(everybody.toSorted()).toEqual(PUBLIC)
  })

  test('Cloud Armor limits the calls that analyse a selfie', () => {
    const [{ match }] = modules.armor.resources.google_compute_security_policy?.api.rule ?? []
    const paths = [...match[0].expr[0].expression.matchAll(/'(\/[^']+)'/g)].map(([, path = '']) => path)
    expect(paths).toEqual([`${BASE_PATH}/scan`, `${BASE_PATH}/target-face`])
    for (const path of paths) expect(sourceOf('scan')).toContain(`.post('${path.slice(BASE_PATH.length)}'`)
    const [, pattern = ''] = /\.matches\('([^']+)'\)/.exec(match[0].expr[0].expression) ?? []
    const searches = new RegExp(pattern)
    expect(searches.test(`${BASE_PATH}/albums/x/search`)).toBe(true)
    expect(searches.test(`${BASE_PATH}/albums/x/y/search`)).toBe(false)
  })

  test('the others cannot be reached from outside', () => {
    const inside = Object.keys(functions).filter((name) => functions[name]?.ingress === 'ALLOW_INTERNAL_ONLY')
    expect([...inside, ...PUBLIC].toSorted()).toEqual(deployables.toSorted())
  })

  test('rights are granted only to deployables that exist', () => {
    const perDeployable = Object.entries(resources).flatMap(([type, byName]) =>
      Object.entries(byName)
        .filter(([, block]) => /\.(runtime|function)\[each\.key\]/.test(JSON.stringify(block)))
        .flatMap(([name, block]) =>
          (literalSet(block.for_each) ?? []).map((item) => [`${type}.${name}`, item]),
        ),
    )
    expect(perDeployable.length).toBeGreaterThan(0)
    expect(perDeployable.filter(([, item = '']) => !deployables.includes(item))).toEqual([])
  })
})
