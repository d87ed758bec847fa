import { PubSub } from '@google-cloud/pubsub'

export interface PubsubNames {
  topic: string
  subscription: string
  deadLetterTopic: string
  deadLetterSubscription: string
}

/** The names in the cloud, in infra/ as here. */
export const PUBSUB_NAMES: PubsubNames = {
  topic: 'face-match',
  subscription: 'face-match',
  deadLetterTopic: 'face-match-dead-letter',
  deadLetterSubscription: 'face-match-dead-letter',
}

export interface Delivering {
  /** Seconds before a message that was not acknowledged comes again; above what a task takes. */
  ackDeadlineSeconds: number
  /** Seconds before a refused message comes again, doubled from the first to the longest. */
  backoffSeconds: { first: number; longest: number }
  /** Deliveries before a message goes to the dead letter topic, 5 to 100. Refused pushes count. */
  maxDeliveryAttempts: number
}

export interface PubsubClientOptions {
  projectId: string
  /** host:port of an emulator; without it Google's, with the credentials of the environment. */
  emulatorHost?: string | undefined
}

export function pubsubClient({ projectId, emulatorHost }: PubsubClientOptions): PubSub {
  return new PubSub(
    emulatorHost === undefined ? { projectId } : { projectId, apiEndpoint: emulatorHost, emulatorMode: true },
  )
}

/** Creates the topics and pull subscriptions that are missing, as infra/ does in the cloud. None of them expires. */
export async function ensureTopology(
  pubsub: PubSub,
  names: PubsubNames,
  { ackDeadlineSeconds, backoffSeconds, maxDeliveryAttempts }: Delivering,
): Promise<void> {
  const topic = pubsub.topic(names.topic)
  const deadLetterTopic = pubsub.topic(names.deadLetterTopic)
  const delivering = {
    ackDeadlineSeconds,
    expirationPolicy: {},
    retryPolicy: {
      minimumBackoff: duration(backoffSeconds.first),
      maximumBackoff: duration(backoffSeconds.longest),
    },
  }
  await Promise.all([topic, deadLetterTopic].map((each) => unlessThere(each.create())))
  await Promise.all([
    unlessThere(
      topic.createSubscription(names.subscription, {
        ...delivering,
        deadLetterPolicy: {
          deadLetterTopic: `projects/${pubsub.projectId}/topics/${names.deadLetterTopic}`,
          maxDeliveryAttempts,
        },
      }),
    ),
    unlessThere(deadLetterTopic.createSubscription(names.deadLetterSubscription, delivering)),
  ])
}

function duration(seconds: number) {
  return { seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) }
}

const ALREADY_EXISTS = 6

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  try {
    await creation
  } catch (error) {
    if ((error as { code?: unknown }).code !== ALREADY_EXISTS) throw error
  }
}
