/** A verdict in words: what to think of next, which test said what, where the code stopped. */

import { h, sanitised } from "../dom.ts";
import { t, tn } from "../texts.ts";
import type { CheckpointKind, TestView, VerdictView } from "../wire.ts";

/** Of free text nobody has said that it is right: it passes by being handed in. */
function headline({ passed, outcome, parts }: VerdictView, kind: CheckpointKind): string {
  if (passed) return kind === "write" ? t("Handed in.") : t("Right.");
  const open = parts.filter((part) => !part.passed).length;
  if (open) return tn("Not yet: {n} part is still open.", "Not yet: {n} parts are still open.", open);
  switch (outcome) {
    case "error":
      return t("Not yet: your code stopped with an error.");
    case "timeout":
      return t("Not yet: your code ran too long and was stopped.");
    case "memory":
      return t("Not yet: your code used too much memory and was stopped.");
    case "processes":
      return t("Not yet: your code started too many processes and was stopped.");
    case "crash":
      return t("Not yet: your code ended unexpectedly.");
    case "output":
      return t("Not yet: your code printed too much and was stopped.");
    case "unavailable":
      return t("This could not be checked just now. It does not count; please try again in a moment.");
    default:
      return t("Not yet.");
  }
}

/** A panel for a whole verdict. It reads well aloud: words first, details after. */
export function feedbackOf(verdict: VerdictView, kind: CheckpointKind): HTMLElement {
  const mood = verdict.passed ? "yes" : verdict.outcome === "unavailable" ? "note" : "no";
  const panel = h(
    `div.sw-say.${mood}` as "div",
    {},
    h("span.sw-badge", { "aria-hidden": "true" }, verdict.passed ? "✓" : mood === "note" ? "…" : "→"),
  );
  const body = h("div.sw-say-body", {}, h("p.sw-say-head", {}, headline(verdict, kind)));
  for (const text of verdict.feedback) body.append(sanitised(h("div.sw-say-text"), text.html));
  if (verdict.tests.length) body.append(testList(verdict.tests));
  if (verdict.traceback) body.append(printout(t("Where it stopped"), verdict.traceback, "sw-traceback"));
  if (verdict.printed) body.append(printout(t("What your code printed"), verdict.printed, "sw-printed"));
  panel.append(body);
  return panel;
}

function testList(tests: readonly TestView[]): HTMLElement {
  return h(
    "ul.sw-tests",
    {},
    ...tests.map((test) =>
      h(
        "li",
        { "data-passed": String(test.passed) },
        h("span.sw-tick", { "aria-hidden": "true" }, test.passed ? "✓" : "✗"),
        h(
          "span",
          {},
          h("span.sw-visually-hidden", {}, test.passed ? t("passed:") : t("not yet:"), " "),
          ...said(test),
          test.message && !test.passed ? h("span.sw-test-message", {}, ...inlineCode(test.message)) : null,
        ),
      ),
    ),
  );
}

/** The author's message, or the test's own line. Of a hidden test that passes nothing is told. */
function said({ label, passed, hidden }: TestView): (Node | string)[] {
  if (hidden && passed) return [h("em", {}, t("A hidden test."))];
  const words = /^assert\b/.test(label) ? [h("code", {}, label)] : inlineCode(label);
  return hidden ? [...words, " ", h("em.sw-hidden-test", {}, t("(a hidden test)"))] : words;
}

/** What an author wrote in backticks is code; everything else is the text it is. */
export function inlineCode(text: string): (Node | string)[] {
  return text.split(/`([^`\n]+)`/).map((piece, at) => (at % 2 ? h("code", {}, piece) : piece));
}

function printout(title: string, text: string, className: string): HTMLElement {
  return h(
    "div.sw-printout",
    {},
    h("p.sw-help", {}, title),
    h(`pre.${className}` as "pre", { tabindex: 0, role: "group", "aria-label": title }, text),
  );
}
