export type KeyErrorCode =
  | 'WRONG_PASSPHRASE'
  | 'KEY_FILE_DAMAGED'
  | 'KEY_FILE_EXPOSED'
  | 'KEY_FILE_MISSING'
  | 'VAULT_DAMAGED';

/** What went wrong with a key at rest; never says anything about the key itself. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyErrorCode;

  constructor(code: KeyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
