/** Stops what setup.ts started and what test files had started by it. */
export default async function tearDown(): Promise<void> {
  await globalThis.sharedByTests?.close()
}
