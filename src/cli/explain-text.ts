import type { DecisionView, ExplainView } from '../domain/views.js';

function decisionText(decision: DecisionView): string {
  const rules = decision.rules.length === 0 ? '' : ` by ${decision.rules.join(', ')}`;
  const reasons = decision.reasons.map(
    (reason) =>
      `    ${reason.code}: ${reason.detail}\n      rule:      ${reason.rule}\n` +
      `      authority: ${reason.authority}\n      remedy:    ${reason.remedy}\n`,
  );
  return `  ${decision.nation} ${decision.act}: ${decision.outcome}${rules}\n${reasons.join('')}`;
}

/** Why something is as it is, for the person who waits for it. */
export function explainText(view: ExplainView): string {
  const awaiting = view.awaiting.length === 0 ? '' : `  awaiting ${view.awaiting.join(', ')}\n`;
  const remedy = view.remedy === null ? '' : `  remedy: ${view.remedy}\n`;
  const decisions = view.decisions.map(decisionText).join('');
  return `${view.kind} ${view.id}\n  ${view.state}\n${decisions}${awaiting}${remedy}`;
}
