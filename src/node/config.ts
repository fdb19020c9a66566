import { isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import type { NodeConfig } from './config-schema.js';
import { configSchema } from './config-schema.js';
import type { Home } from './home.js';
import { readNation } from './home.js';
import { readIfThere, writePrivateFile } from './private-file.js';
import { refuse } from './refusal-error.js';

export type { LogLevel, NodeConfig } from './config-schema.js';

type Issue = z.core.$ZodIssue;

/** Where in the file a path stands: the key itself when the path ends in a key of a map. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      const range = (pair?.key as Node | undefined)?.range;
      if (range) return range[0];
    }
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = (node as Node | undefined)?.range;
    if (range) return range[0];
  }
  return undefined;
}

function issueAt(issue: Issue): { readonly path: readonly PropertyKey[]; readonly rule: string } {
  if (issue.code === 'unrecognized_keys') {
    return { path: [...issue.path, issue.keys[0] ?? ''], rule: 'is not a known key' };
  }
  return { path: issue.path, rule: issue.message };
}

/** A YAML file as plain data, with a way to say on which line a path stands. */
export interface YamlFile {
  readonly value: unknown;
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** Reads YAML 1.2; broken text is refused with its line. */
export function readYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const at = broken.linePos?.[0].line;
    throw refuse('CONFIG', name, {
      rule: 'the file is YAML',
      detail: `${name}${at === undefined ? '' : `, line ${String(at)}`}: ${broken.message.split('\n', 1)[0] ?? ''}`,
      remedy: 'correct the file',
    });
  }
  return {
    value: document.toJS() as unknown,
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

/** The value of a YAML text under a schema; a breach is refused with key, rule and line. */
export function parseYaml<T>(schema: z.ZodType<T>, text: string, name: string): T {
  const file = readYaml(text, name);
  const result = schema.safeParse(file.value ?? {});
  if (result.success) return result.data;
  const { issues } = result.error;
  // A key misspelt is also a key missing: the misspelling is what helps.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const { path, rule } = first === undefined ? { path: [], rule: 'is valid' } : issueAt(first);
  const field = path.map(String).join('.') || name;
  const at = file.lineOf(path);
  throw refuse('CONFIG', field, {
    rule,
    detail: `${name}${at === undefined ? '' : `, line ${String(at)}`}: ${field} ${rule}`,
    remedy: `correct ${field} in ${name}`,
  });
}

export function parseConfig(text: string, name = 'config.yaml'): NodeConfig {
  return parseYaml(configSchema, text, name);
}

/** The configuration of a home; refuses a missing or wrong file, and one of another nation. */
export function readConfig(home: Home): NodeConfig {
  const bytes = readIfThere(home.configFile);
  if (bytes === undefined) {
    throw refuse('CONFIG', 'config.yaml', {
      rule: 'a node is configured by config.yaml in its home',
      detail: `there is no ${home.configFile}`,
      remedy: 'entente node init --home DIR',
    });
  }
  const config = parseConfig(bytes.toString('utf8'), home.configFile);
  const { nation } = readNation(home);
  if (config.nation !== nation) {
    throw refuse('CONFIG', 'nation', {
      rule: "the configuration names the home's own nation",
      detail: `${home.configFile} says ${config.nation}, nation.json says ${nation}`,
      remedy: `set nation: ${nation}`,
    });
  }
  return config;
}

/** Writes a configuration after checking it as it will be read. */
export function writeConfig(home: Home, config: Record<string, unknown>): NodeConfig {
  const text = stringify(config);
  const checked = parseConfig(text, home.configFile);
  writePrivateFile(home.configFile, text);
  return checked;
}
