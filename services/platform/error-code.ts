/**
 * The `code` of a system, database or own error, or ''. Asks for the property and not for the class: errors of Node's
 * core come from another realm inside a test runner or a vm, where `instanceof Error` is false.
 */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** The message of an error of any realm, or ''. For decisions only: a foreign message can quote its input. */
export function errorMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
}
