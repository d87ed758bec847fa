/** The name under which a deployable registers with the functions framework. infra/functions.tf makes the same one. */
export function entryPoint(deployable: string): string {
  return deployable.replaceAll('-', '_')
}
