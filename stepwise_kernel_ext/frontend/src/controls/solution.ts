/** The model solution beside the learner's own, and why it is right. */

import { highlightInto } from "../editor/highlight.ts";
import { h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { AttemptView, QuestionView, SolutionView } from "../wire.ts";
import { showAnswer } from "./answers.ts";

/** `own` is the learner's passed attempt, null when the solution was shown without one. */
export function solutionPanel(
  question: QuestionView,
  solution: SolutionView,
  own: AttemptView | null,
): HTMLElement | null {
  const model = modelOf(solution);
  if (!model && !solution.explanation.html) return null;
  const beside =
    model !== null && own !== null && (solution.kind === "exercise" || solution.kind === "write");
  const body = h("div.sw-solution-body");
  if (model) {
    body.append(
      h(
        `div.sw-pair${beside ? "" : ".single"}` as "div",
        {},
        beside && h("div", {}, h("p.sw-help", {}, t("Yours")), showAnswer(question, own.answer)),
        h("div", {}, beside && h("p.sw-help", {}, modelName(solution)), model),
      ),
    );
  }
  if (solution.rubric.html) {
    body.append(
      h("p.sw-help", {}, t("What to look for")),
      sanitised(h("div.sw-rubric"), solution.rubric.html),
    );
  }
  if (solution.explanation.html) body.append(sanitised(h("div"), solution.explanation.html));
  return h(
    "details.sw-solution",
    { open: solution.kind === "write" || own === null },
    h("summary", {}, model ? modelName(solution) : t("Why")),
    body,
  );
}

function modelName(solution: SolutionView): string {
  if (solution.kind === "exercise") return t("Model solution");
  return solution.kind === "write" ? t("Model answer") : t("The right answer");
}

function modelOf(solution: SolutionView): HTMLElement | null {
  if (solution.kind === "exercise" && solution.code) {
    const code = h("code");
    highlightInto(code, solution.code);
    return h("pre.sw-source.hl", { tabindex: 0, role: "group", "aria-label": t("Model solution") }, code);
  }
  return solution.text.html ? sanitised(h("div"), solution.text.html) : null;
}
