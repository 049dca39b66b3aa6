/** Answers that are typed: a number, a word or two, what code prints, a text of one's own. */

import { highlightInto } from "../editor/highlight.ts";
import { freshId, h } from "../dom.ts";
import { t } from "../texts.ts";
import type { Answer, QuestionView } from "../wire.ts";
import { isCheckKey, plainQuestion, type QuestionContext, type QuestionControl } from "./question.ts";

type Field = HTMLInputElement | HTMLTextAreaElement;

const VERBATIM = { autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false" };

export function numberQuestion(_view: QuestionView, context: QuestionContext): QuestionControl {
  const field = h("input.sw-input.short", { ...VERBATIM, type: "text", inputmode: "decimal" });
  return typedQuestion(field, context, t("Type a number first."));
}

export function textQuestion(_view: QuestionView, context: QuestionContext): QuestionControl {
  const field = h("input.sw-input", { ...VERBATIM, type: "text" });
  return typedQuestion(field, context, t("Type an answer first."));
}

export function predictQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  const code = h("code");
  highlightInto(code, view.code);
  const field = h("textarea.sw-input.mono", { ...VERBATIM, rows: 3 });
  return typedQuestion(
    field,
    context,
    t("Type what it prints first."),
    h("pre.sw-source.hl", { tabindex: 0, "aria-label": t("Code to read") }, code),
    t("What it prints, line by line"),
  );
}

export function writeQuestion(_view: QuestionView, context: QuestionContext): QuestionControl {
  const field = h("textarea.sw-input", { rows: 6 });
  return typedQuestion(field, context, t("Write something first."));
}

function typedQuestion(
  field: Field,
  context: QuestionContext,
  missing: string,
  before: HTMLElement | null = null,
  label = t("Your answer"),
): QuestionControl {
  field.id = freshId("field");
  const caption = h("label.sw-help", { for: field.id, id: freshId("label") }, label);
  field.setAttribute("aria-labelledby", `${caption.id} ${context.labelledBy}`);
  field.addEventListener("input", () => {
    fit(field);
    context.changed();
  });
  field.addEventListener("keydown", (event) => {
    const pressed = event as KeyboardEvent;
    const line = field instanceof HTMLInputElement && pressed.key === "Enter" && !pressed.isComposing;
    if (!line && !isCheckKey(pressed)) return;
    event.preventDefault();
    context.check();
  });
  return {
    ...plainQuestion,
    element: h("div.sw-typed", {}, before, caption, field),
    keepsDrafts: true,
    missing,
    read: (): Answer | null => (field.value.trim() ? field.value : null),
    restore(answer): void {
      field.value = typeof answer === "string" ? answer : "";
      fit(field);
    },
    setLocked(locked): void {
      field.readOnly = locked;
    },
    focus: () => field.focus(),
  };
}

/** A text area grows with its text, up to most of a screen. */
function fit(field: Field): void {
  if (!(field instanceof HTMLTextAreaElement) || !field.isConnected) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, window.innerHeight * 0.7)}px`;
}
