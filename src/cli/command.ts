import type { Command } from 'commander';
import { Option } from 'commander';
import type { Context } from './context.js';
import { envName } from './env-name.js';
import type { Output } from './output.js';

/** What a command does: arguments in order, options by `context.values`. */
export type Action = (context: Context, args: readonly string[]) => Promise<Output>;

/** Joins a command's action to the run that prints its answer. */
export type Bind = (command: Command, action: Action) => void;

/** An option; `Values` reads its environment variable when it is not given. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  made.description = `${description} [${envName(made.attributeName())}]`;
  return made;
}

/** An option that may be given more than once; each value may list several, with commas. */
export function manyOption(flags: string, description: string): Option {
  const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    value,
  ];
  return option(flags, `${description} (may be repeated)`).argParser(collect);
}
