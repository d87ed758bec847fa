import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { pubsubQueue, taskFromPush } from '../../../../shared/queue/pubsub/queue.ts'
import { ensureTopology, PUBSUB_NAMES, pubsubClient } from '../../../../shared/queue/pubsub/topology.ts'
import { withEmulator } from '../../../emulators.ts'
import { grpcProxy } from '../../../fakes/grpc-proxy.ts'
import { logLines } from '../../../log-lines.ts'
import { collectTasks } from '../collect-tasks.ts'
import { queueContract } from '../contract.ts'

const DELIVERING = {
  ackDeadlineSeconds: 10,
  backoffSeconds: { first: 0.01, longest: 0.05 },
  maxDeliveryAttempts: 5,
}

const task = {
  scan_id: randomUUID(),
  group: 3,
  file_id: 'file-1',
  file_name: 'é.jpg',
  mime_type: 'image/jpeg',
  md5: 'd41d8cd9',
  size: 12,
}

withEmulator('pubsub', (emulator) => {
  queueContract(
    'Pub/Sub',
    async () => {
      const project = { projectId: `demo-${randomUUID()}`, emulatorHost: emulator().host }
      const clients = [pubsubClient(project)]
      const open = () => {
        const client = pubsubClient(project)
        clients.push(client)
        return pubsubQueue(client)
      }
      await ensureTopology(clients[0] as (typeof clients)[0], PUBSUB_NAMES, DELIVERING)
      // The emulator keeps delivering to the streams of a connection that broke. The proxy ends each of them, as the
      // service's own front end does.
      const proxy = await grpcProxy(project.emulatorHost, 'StreamingPull')
      return {
        queue: open(),
        reopen: async () => open(),
        held: { kind: 'pubsub', ...project, emulatorHost: proxy.host },
        async close() {
          await Promise.all(clients.map((client) => client.close()))
          await proxy.close()
        },
      }
    },
    { purges: false },
  )

  describe('messages', () => {
    const client = () => pubsubClient({ projectId: `demo-${randomUUID()}`, emulatorHost: emulator().host })
    let pubsub: ReturnType<typeof client>
    afterEach(() => pubsub.close())

    test('carry the task as JSON with scan and group as attributes, and nothing else', async () => {
      pubsub = client()
      await ensureTopology(pubsub, PUBSUB_NAMES, DELIVERING)
      await pubsubQueue(pubsub).publish([task])
      const subscription = pubsub.subscription(PUBSUB_NAMES.subscription)
      const message = await new Promise<{ data: Buffer; attributes: object; ack(): void }>((resolve) =>
        subscription.once('message', resolve),
      )
      message.ack()
      await subscription.close()
      expect(JSON.parse(message.data.toString())).toEqual(task)
      expect(message.attributes).toEqual({ scan_id: task.scan_id, group: '3' })
    })

    test('that are not tasks are dropped and logged', async () => {
      pubsub = client()
      await ensureTopology(pubsub, PUBSUB_NAMES, DELIVERING)
      const { log, until } = logLines()
      const queue = pubsubQueue(pubsub, { log })
      const topic = pubsub.topic(PUBSUB_NAMES.topic)
      await topic.publishMessage({ data: Buffer.from('no json') })
      await topic.publishMessage({ json: { ...task, group: -1 } })
      await queue.publish([task])
      const taken = collectTasks(queue, { concurrency: 1 })
      await until('not a task')
      await taken.until(() => taken.deliveries.length === 1)
      await taken.stop()
      expect(taken.deliveries.map((delivery) => delivery.task)).toEqual([task])
    })
  })

  test('creating the topology a second time changes nothing', async () => {
    const pubsub = pubsubClient({ projectId: `demo-${randomUUID()}`, emulatorHost: emulator().host })
    await ensureTopology(pubsub, PUBSUB_NAMES, DELIVERING)
    await expect(ensureTopology(pubsub, PUBSUB_NAMES, DELIVERING)).resolves.toBeUndefined()
    await pubsub.close()
  })
})

describe('a pushed message', () => {
  const pushed = (data: string) => ({ message: { data, messageId: '1', attributes: {} }, subscription: 's' })
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

  test('contains its task and the number of the attempt', () => {
    expect(taskFromPush(pushed(encoded(task)))).toEqual({ task, attempt: 1 })
    expect(taskFromPush({ ...pushed(encoded(task)), deliveryAttempt: 3 })).toEqual({ task, attempt: 3 })
  })

  test.each([
    ['nothing', undefined],
    ['no message', {}],
    ['no data', { message: {} }],
    ['data that is not base64', pushed('***')],
    ['data that is not JSON', pushed(Buffer.from('{').toString('base64'))],
    ['a task without a file', pushed(encoded({ ...task, file_id: '' }))],
  ])('with %s contains none', (_what, data) => {
    expect(taskFromPush(data)).toBeUndefined()
  })
})
