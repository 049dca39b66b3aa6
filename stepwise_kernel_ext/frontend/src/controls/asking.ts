/** What a checkpoint takes from its question: the words that ask, and those on the button that answers. */

import { freshId, h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { QuestionView } from "../wire.ts";

/** The question in words. What is hidden names the control all the same, and is not read a second time. */
export function askAbove(checkpoint: HTMLElement, question: QuestionView): HTMLElement {
  const ask = sanitised(h("div.sw-ask", { id: freshId("ask") }), question.ask.html);
  ask.hidden = saidAbove(checkpoint, question.ask.source);
  if (!question.ask.html) ask.classList.add("sw-visually-hidden");
  if (!ask.textContent?.trim()) ask.textContent = t("Checkpoint");
  return ask;
}

/** An exercise's task is the prose above it: say it once. */
function saidAbove(checkpoint: HTMLElement, ask: string): boolean {
  const squeeze = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, "");
  const above = checkpoint.parentElement?.querySelectorAll(".sw-prose") ?? [];
  const prose = squeeze([...above].map((block) => block.textContent ?? "").join(" "));
  return squeeze(ask) !== "" && prose.includes(squeeze(ask));
}

export function checkLabel(question: QuestionView): string {
  if (question.kind === "read") return t("Continue");
  return question.kind === "write" ? t("Hand in") : t("Check");
}

/** Only code is checked in a queue. */
export function runsCode(question: QuestionView): boolean {
  return question.kind === "exercise" || question.parts.some(runsCode);
}
