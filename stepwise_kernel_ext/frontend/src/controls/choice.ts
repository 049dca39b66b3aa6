/** One option (radio buttons) or several (check boxes) of a list. */

import { freshId, h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { Answer, QuestionView, VerdictView } from "../wire.ts";
import { plainQuestion, type QuestionContext, type QuestionControl } from "./question.ts";

export function choiceQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  return optionList(view, context, "radio");
}

export function manyQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  return optionList(view, context, "checkbox");
}

function optionList(
  view: QuestionView,
  context: QuestionContext,
  type: "radio" | "checkbox",
): QuestionControl {
  const name = freshId("options");
  const inputs: HTMLInputElement[] = [];
  const element = h("div.sw-options", {
    role: type === "radio" ? "radiogroup" : "group",
    "aria-labelledby": context.labelledBy,
    onchange: () => {
      element.removeAttribute("data-verdict");
      context.changed();
    },
  });
  for (const option of view.options) {
    const input = h("input", { type, name, value: option.id });
    inputs.push(input);
    element.append(h("label.sw-option", {}, input, sanitised(h("span.sw-option-text"), option.text.html)));
  }
  if (type === "checkbox") {
    element.prepend(h("p.sw-help", {}, t("Choose every one that fits.")));
  }
  const chosen = (): string[] => inputs.filter((input) => input.checked).map((input) => input.value);

  return {
    ...plainQuestion,
    element,
    missing: type === "radio" ? t("Choose one first.") : t("Choose at least one first."),
    read(): Answer | null {
      const ids = chosen();
      if (type === "checkbox") return ids.length ? ids : null;
      return ids[0] ?? null;
    },
    restore(answer): void {
      const ids = Array.isArray(answer) ? answer : [answer];
      for (const input of inputs) input.checked = ids.includes(input.value);
      element.removeAttribute("data-verdict");
    },
    setLocked(locked): void {
      for (const input of inputs) input.disabled = locked;
      element.toggleAttribute("data-locked", locked);
    },
    mark(verdict: VerdictView | null): void {
      if (verdict) element.dataset["verdict"] = verdict.passed ? "passed" : "failed";
      else element.removeAttribute("data-verdict");
    },
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0])?.focus(),
  };
}
