/** A problem, which screen readers announce when it appears. Nothing at all without a message. */
export function Alert({ message }: { message: string | undefined }) {
  if (!message) return null
  return (
    <p role="alert" class="notice notice-bad">
      {message}
    </p>
  )
}
