/** The command line cannot be carried out as it stands. The message is one line for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
