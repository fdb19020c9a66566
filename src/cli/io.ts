/** What a command may touch of its terminal; a test hands in its own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** True when a person sits at both ends: questions may be asked. */
  readonly interactive: boolean;
  /** Asks for a line that is not shown while it is typed. */
  askHidden(prompt: string): Promise<string>;
  /** Asks for yes or no; anything but yes is no. */
  confirm(prompt: string): Promise<boolean>;
  /** Runs `stop` at the first SIGINT or SIGTERM, `force` at the next; returns the unsubscription. */
  onStop(stop: () => void, force: () => void): () => void;
  /** Ends the process now: a person asked twice. */
  exit(code: number): void;
  nowMs(): number;
}
