import type { OptionValues } from 'commander';
import { isNation } from '../domain/ids.js';
import { refuse } from '../node/refusal-error.js';
import { envName } from './env-name.js';
import type { RefusalError } from '../node/refusal-error.js';

export function usage(field: string, rule: string, detail: string): RefusalError {
  return refuse('USAGE', field, { rule, detail, remedy: 'see --help' });
}

const NO = new Set(['', '0', 'false', 'no']);

/** Options of one call by name: as given, else from the environment. */
export class Values {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(values: OptionValues, env: Readonly<Record<string, string | undefined>>) {
    this.#values = values;
    this.#env = env;
  }

  flag(name: string): boolean {
    if (this.#values[name] === true) return true;
    return !NO.has((this.#env[envName(name)] ?? '').toLowerCase());
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : this.#env[envName(name)];
  }

  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== '') return value;
    const flag = `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
    throw usage(flag, 'the option is needed here', `${flag} is missing`);
  }

  /** Values of an option that may be given more than once, whole. */
  many(name: string): readonly string[] {
    const value = this.#values[name];
    if (Array.isArray(value)) return value.map(String);
    const text = this.text(name);
    return text === undefined || text === '' ? [] : [text];
  }

  /** Items of an option that lists them with commas, given once or more often. */
  list(name: string): readonly string[] {
    return this.many(name)
      .flatMap((text) => text.split(','))
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  count(name: string, min = 0): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min) return value;
    throw usage(name, `is a whole number of at least ${String(min)}`, `${name}: ${text}`);
  }
}

export function oneOf<T extends string>(field: string, names: readonly T[], text: string): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw usage(field, `is one of ${names.join(', ')}`, `${field}: ${text}`);
}

export function nationOf(field: string, text: string): string {
  if (isNation(text)) return text;
  throw usage(field, 'is an ISO 3166-1 alpha-3 code in upper case', `${field}: ${text}`);
}

/** An id of `size` bytes in lower-case hex. */
export function idOf(field: string, text: string, size = 32): string {
  if (text.length === 2 * size && /^[0-9a-f]*$/.test(text)) return text;
  throw usage(field, `is ${String(size)} bytes of lower-case hex`, `${field}: ${text}`);
}
