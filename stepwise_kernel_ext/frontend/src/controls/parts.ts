/** Several questions under one Check, each with its own verdict. */

import { freshId, h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { Answer, CheckpointKind, PlainAnswer, QuestionView } from "../wire.ts";
import { feedbackOf } from "./feedback.ts";
import { plainQuestion, type QuestionContext, type QuestionControl } from "./question.ts";

interface Part {
  readonly control: QuestionControl;
  readonly say: HTMLElement;
  readonly legend: HTMLElement;
  readonly kind: CheckpointKind;
}

export function partsQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  const element = h("div.sw-parts");
  const parts = view.parts.map((part, index) => makePart(part, index));

  function makePart(part: QuestionView, index: number): Part {
    const ask = sanitised(h("div.sw-ask", { id: freshId("ask") }), part.ask.html);
    const legend = h(
      "div.sw-part-number",
      { id: freshId("part") },
      t("Part {n} of {m}", { n: index + 1, m: view.parts.length }),
    );
    const control = context.create(part, {
      ...context,
      labelledBy: `${legend.id} ${ask.id}`,
      changed: () => {
        say.replaceChildren();
        context.changed();
      },
    });
    const say = h("div.sw-part-say");
    element.append(
      h(
        "div.sw-part",
        { role: "group", "aria-labelledby": legend.id },
        legend,
        ask,
        control.element,
        control.buttons.length > 0 && h("div.sw-actions", {}, ...control.buttons),
        say,
      ),
    );
    return { control, say, legend, kind: part.kind };
  }

  return {
    ...plainQuestion,
    element,
    keepsDrafts: parts.some((part) => part.control.keepsDrafts),
    missing: t("Answer every part first."),
    read(): Answer | null {
      const answers = parts.map((part) => part.control.read());
      return answers.every((answer) => answer !== null) ? (answers as PlainAnswer[]) : null;
    },
    soFar: () => parts.map((part) => (part.control.read() ?? "") as PlainAnswer),
    restore(answer): void {
      parts.forEach((part, index) => {
        part.control.restore(Array.isArray(answer) ? (answer[index] ?? null) : null);
        part.say.replaceChildren();
      });
    },
    setLocked: (locked) => parts.forEach((part) => part.control.setLocked(locked)),
    mark(verdict): void {
      parts.forEach((part, index) => {
        const own = verdict?.parts[index] ?? null;
        part.control.mark(own);
        part.say.replaceChildren(...(own ? [feedbackOf(own, part.kind)] : []));
        context.host.typeset(part.say);
      });
    },
    focus: () => (parts.find((part) => part.control.read() === null) ?? parts[0])?.control.focus(),
    destroy: () => parts.forEach((part) => part.control.destroy()),
  };
}
