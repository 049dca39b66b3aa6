/** An answer as its learner reads it again: options by their words, code as code. */

import { highlightInto } from "../editor/highlight.ts";
import { h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { Answer, QuestionView } from "../wire.ts";

export function showAnswer(question: QuestionView, answer: Answer): HTMLElement {
  switch (question.kind) {
    case "read":
      return h("p", {}, t("Read."));
    case "choice":
    case "many":
      return optionTexts(question, answer, "ul");
    case "order":
      return optionTexts(question, answer, "ol");
    case "exercise": {
      const code = h("code");
      highlightInto(code, String(answer));
      return h("pre.sw-source.hl", { tabindex: 0, role: "group", "aria-label": t("Your code") }, code);
    }
    case "predict":
      return h(
        "pre.sw-source",
        { tabindex: 0, role: "group", "aria-label": t("Your answer") },
        String(answer),
      );
    case "parts":
      return h(
        "ol.sw-answer-parts",
        {},
        ...question.parts.map((part, index) =>
          h("li", {}, showAnswer(part, Array.isArray(answer) ? (answer[index] ?? "") : "")),
        ),
      );
    default:
      return h("p.sw-answer-text", {}, String(answer));
  }
}

function optionTexts(question: QuestionView, answer: Answer, list: "ul" | "ol"): HTMLElement {
  const ids = Array.isArray(answer) ? answer : [answer];
  const found = ids.map((id) => question.options.find((option) => option.id === id));
  return h(
    list,
    {},
    ...found.map((option) =>
      option ? sanitised(h("li"), option.text.html) : h("li", {}, t("(no longer offered)")),
    ),
  );
}
