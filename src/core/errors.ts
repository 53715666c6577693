/** An error meant for a person: one line that says what is wrong, names the culprit and says what to do. */
export class UserError extends Error {
  override name = 'UserError';
}
