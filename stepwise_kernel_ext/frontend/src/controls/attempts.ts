/** The dialog of a learner's earlier attempts: what they answered, what came of it, put it back. */

import { freshId, h } from "../dom.ts";
import { t, when } from "../texts.ts";
import type { AttemptPage, AttemptView, QuestionView } from "../wire.ts";
import { showAnswer } from "./answers.ts";
import { feedbackOf } from "./feedback.ts";

export interface AttemptSource {
  load(before?: number): Promise<AttemptPage>;
  restore(attempt: AttemptView): void;
  typeset(element: HTMLElement): void;
}

/** Opens over the page; focus returns to where it was when it closes. */
export async function openAttempts(question: QuestionView, source: AttemptSource): Promise<void> {
  const title = freshId("attempts");
  const list = h("ol.sw-attempts", {});
  const more = h("div.sw-actions");
  const dialog = h(
    "dialog.sw-dialog.sw-checkpoint-dialog",
    { "aria-labelledby": title, onclose: () => dialog.remove() },
    h(
      "div.sw-dialog-head",
      {},
      h("h2", { id: title }, t("My attempts")),
      h("button.sw-button.quiet", { type: "button", onclick: () => dialog.close() }, t("Close")),
    ),
    list,
    more,
  );
  document.body.append(dialog);
  dialog.showModal();
  await addPage();

  async function addPage(before?: number): Promise<void> {
    more.replaceChildren(t("Loading…"));
    try {
      const page = await source.load(before);
      list.append(...page.items.map(attemptItem));
      source.typeset(list);
      const next = page.next_before;
      more.replaceChildren();
      if (next !== null) {
        more.append(
          h("button.sw-button", { type: "button", onclick: () => void addPage(next) }, t("Earlier ones")),
        );
      }
      if (!list.children.length) more.append(t("None yet."));
    } catch {
      more.replaceChildren(
        h("span", {}, t("Your attempts could not be loaded.")),
        h("button.sw-button", { type: "button", onclick: () => void addPage(before) }, t("Try again")),
      );
    }
  }

  function attemptItem(attempt: AttemptView): HTMLElement {
    const restore = (): void => {
      dialog.close();
      source.restore(attempt);
    };
    const right = question.kind === "write" ? t("Handed in") : t("Right");
    const verdict = attempt.passed ? right : t("Not yet");
    return h(
      "li.sw-attempt",
      {},
      h(
        "div.sw-attempt-head",
        {},
        h("b", { "data-passed": String(attempt.passed) }, `${attempt.passed ? "✓" : "→"} ${verdict}`),
        h("time", { datetime: attempt.at }, when(attempt.at)),
        h(
          "button.sw-button.quiet",
          {
            type: "button",
            "aria-label": t("Put back the answer of {time}", { time: when(attempt.at) }),
            onclick: restore,
          },
          t("Put back"),
        ),
      ),
      showAnswer(question, attempt.answer),
      h(
        "details.sw-attempt-said",
        {},
        h("summary", {}, t("What it said")),
        feedbackOf(attempt.verdict, question.kind),
      ),
    );
  }
}
