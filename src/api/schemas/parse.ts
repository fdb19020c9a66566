import type { z } from 'zod';
import { apiRefusal, ProblemError } from '../problem.js';

type Issue = z.core.$ZodIssue;

/** A union's own message says nothing; the branch that got furthest says what is wrong. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const candidates = issue.errors.flat().map((inner) => deepest(inner));
  const best = candidates.reduce<Issue | undefined>(
    (found, next) => (found && found.path.length >= next.path.length ? found : next),
    undefined,
  );
  return best ? { ...best, path: [...issue.path, ...best.path] } : issue;
}

function fieldOf(issue: Issue): string {
  const path = issue.path.map(String);
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return [...path, ...(key === undefined ? [] : [key])].join('.') || 'body';
}

/** The field and the rule that a value breaks first. */
export function firstIssue(error: z.ZodError): { readonly field: string; readonly rule: string } {
  const first = error.issues[0];
  if (first === undefined) return { field: 'body', rule: 'follows its schema' };
  const issue = deepest(first);
  const rule = issue.code === 'unrecognized_keys' ? 'is not a known key' : issue.message;
  return { field: fieldOf(issue), rule };
}

/** The parsed value, or a 400 that names the field and the rule. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { field, rule } = firstIssue(result.error);
  throw new ProblemError(
    apiRefusal('SCHEMA', field, {
      rule,
      detail: `${field}: ${rule}`,
      remedy: 'correct the request; unknown keys are refused',
    }),
  );
}
