import { PubSub } from '@google-cloud/pubsub'

export interface PubsubNames {
  topic: string
  subscription: string
  deadLetterTopic: string
  deadLetterSubscription: string
}

/** The names used in the cloud; infra/ has the same. */
export const PUBSUB_NAMES: PubsubNames = {
  topic: 'face-match',
  subscription: 'face-match',
  deadLetterTopic: 'face-match-dead-letter',
  deadLetterSubscription: 'face-match-dead-letter',
}

export interface DeliveryPolicy {
  /** Seconds before an unacknowledged message is redelivered; longer than a task takes. */
  ackDeadlineSeconds: number
  /** Seconds before a rejected message is redelivered, doubled from the first to the longest. */
  backoffSeconds: { first: number; longest: number }
  /** Deliveries before a message goes to the dead letter topic, 5 to 100. Rejected pushes count. */
  maxDeliveryAttempts: number
}

export interface PubsubClientOptions {
  projectId: string
  /** host:port of an emulator; by default Google's service with the credentials of the environment. */
  emulatorHost?: string | undefined
}

export function pubsubClient({ projectId, emulatorHost }: PubsubClientOptions): PubSub {
  return new PubSub(
    emulatorHost === undefined ? { projectId } : { projectId, apiEndpoint: emulatorHost, emulatorMode: true },
  )
}

/** Creates missing topics and pull subscriptions, as infra/ does in the cloud. None of them expires. */
export async function ensureTopology(
  pubsub: PubSub,
  names: PubsubNames,
  { ackDeadlineSeconds, backoffSeconds, maxDeliveryAttempts }: DeliveryPolicy,
): Promise<void> {
  const topic = pubsub.topic(names.topic)
  const deadLetterTopic = pubsub.topic(names.deadLetterTopic)
  const delivery = {
    ackDeadlineSeconds,
    expirationPolicy: {},
    retryPolicy: {
      minimumBackoff: duration(backoffSeconds.first),
      maximumBackoff: duration(backoffSeconds.longest),
    },
  }
  await Promise.all([topic, deadLetterTopic].map((each) => ignoreExisting(each.create())))
  await Promise.all([
    ignoreExisting(
      topic.createSubscription(names.subscription, {
        ...delivery,
        deadLetterPolicy: {
          deadLetterTopic: `projects/${pubsub.projectId}/topics/${names.deadLetterTopic}`,
          maxDeliveryAttempts,
        },
      }),
    ),
    ignoreExisting(deadLetterTopic.createSubscription(names.deadLetterSubscription, delivery)),
  ])
}

function duration(seconds: number) {
  return { seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) }
}

const ALREADY_EXISTS = 6

async function ignoreExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation
  } catch (error) {
    if ((error as { code?: unknown }).code !== ALREADY_EXISTS) throw error
  }
}
