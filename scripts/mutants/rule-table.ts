import ts from 'typescript';
import { StaleMutant } from './mutant.js';

/** A named entry of a table of rules, and the code that decides it. */
export interface TableRule {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Operands of the conjunctions inside, when there is more than one. */
  readonly clauses: readonly Clause[];
}

export interface Clause {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const NAMES = ['code', 'name'];
const DECIDERS = ['holds', 'broken'];

/**
 * The rules of a table as the source lists them, so that a rule added there is a rule to remove
 * here: objects with a name and a `holds` or `broken`, or pairs of a name and a check.
 */
export function tableRules(source: string, table: string): readonly TableRule[] {
  const file = ts.createSourceFile('rules.ts', source, ts.ScriptTarget.ESNext, true);
  const list = listOf(file, table);
  return list.elements.flatMap((element) => {
    if (ts.isSpreadElement(element)) return [];
    const rule = objectRule(element) ?? pairRule(element);
    if (rule === undefined) throw new StaleMutant(`${table}: not a rule: ${element.getText()}`);
    const { name, decider } = rule;
    const clauses = clausesOf(decider);
    return [{ name, start: decider.getStart(), end: decider.getEnd(), clauses }];
  });
}

/** The source with one stretch of it replaced. */
export function splice(source: string, at: { start: number; end: number }, by: string): string {
  return source.slice(0, at.start) + by + source.slice(at.end);
}

/** Whether the source has no error of syntax: a mutant that does not compile shows nothing. */
export function parses(source: string): boolean {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext };
  const output = ts.transpileModule(source, { compilerOptions: options, reportDiagnostics: true });
  return output.diagnostics?.length === 0;
}

function listOf(file: ts.SourceFile, table: string): ts.ArrayLiteralExpression {
  let found: ts.ArrayLiteralExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === table && node.initializer) {
      const bare = bareOf(node.initializer);
      if (ts.isArrayLiteralExpression(bare)) found = bare;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (found === undefined) throw new StaleMutant(`no table ${table}`);
  return found;
}

/** Without the type assertions around it. */
function bareOf(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? bareOf(node.expression) : node;
}

function objectRule(node: ts.Node): { name: string; decider: ts.Expression } | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const valueOf = (names: readonly string[]): ts.Expression | undefined =>
    node.properties
      .filter(ts.isPropertyAssignment)
      .find((property) => names.includes(property.name.getText()))?.initializer;
  const name = valueOf(NAMES);
  const decider = valueOf(DECIDERS);
  if (!name || !ts.isStringLiteral(name) || !decider) return undefined;
  return { name: name.text, decider };
}

function pairRule(node: ts.Node): { name: string; decider: ts.Expression } | undefined {
  if (!ts.isArrayLiteralExpression(node)) return undefined;
  const [name, decider] = node.elements;
  if (!name || !ts.isStringLiteral(name) || !decider) return undefined;
  return { name: name.text, decider };
}

function clausesOf(decider: ts.Node): readonly Clause[] {
  const clauses: Clause[] = [];
  const visit = (node: ts.Node): void => {
    if (isAnd(node)) {
      for (const side of [node.left, node.right]) if (!isAnd(side) && !isGuard(side)) note(side);
    }
    ts.forEachChild(node, visit);
  };
  const note = (side: ts.Expression): void => {
    clauses.push({ text: side.getText(), start: side.getStart(), end: side.getEnd() });
  };
  visit(decider);
  return clauses.sort((a, b) => a.start - b.start);
}

function isAnd(node: ts.Node): node is ts.BinaryExpression {
  return (
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
  );
}

/** `x !== undefined &&` is for the compiler: what stands behind it fails without it too. */
function isGuard(node: ts.Expression): boolean {
  return /!== undefined$/.test(node.getText());
}
