/** An answer as the text that a draft is kept in: typed answers as they are, several parts as JSON. */

import type { Answer, CheckpointView, QuestionView } from "../wire.ts";

export function draftText(answer: Answer | null): string {
  if (answer === null) return "";
  return typeof answer === "string" ? answer : JSON.stringify(answer);
}

/** Null for a text that holds no answer to this question. */
export function parseDraft(question: QuestionView, text: string): Answer | null {
  if (text === "") return null;
  if (question.kind !== "parts") return text;
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return null;
  }
}

/** A draft as a person reads it. */
export function readableDraft(question: QuestionView, text: string): string {
  const answer = parseDraft(question, text);
  if (!Array.isArray(answer)) return text;
  const words = (part: QuestionView, given: unknown): string =>
    Array.isArray(given)
      ? given.map((id) => words(part, id)).join(", ")
      : (part.options.find((option) => option.id === given)?.text.source ?? String(given));
  return question.parts.map((part, index) => `${index + 1}. ${words(part, answer[index])}`).join("\n");
}

/** Of several options the order does not count. */
export function sameAnswer(question: QuestionView, one: Answer | null, other: Answer | null): boolean {
  if (question.kind === "parts" && Array.isArray(one) && Array.isArray(other))
    return question.parts.every((part, at) => sameAnswer(part, one[at] ?? null, other[at] ?? null));
  if (question.kind === "many" && Array.isArray(one) && Array.isArray(other))
    return draftText([...one].sort()) === draftText([...other].sort());
  return draftText(one) === draftText(other);
}

/**
 * The answer in a draft that nothing else shows: neither `shown`, nor what was sent last, nor what the
 * question begins with. Null when there is none.
 */
export function leftOver(view: CheckpointView, shown: Answer | null, draft: string | null): Answer | null {
  const answer = draft === null ? null : parseDraft(view.question, draft);
  const known = [
    shown,
    view.last_attempt?.answer ?? null,
    view.question.kind === "exercise" ? view.question.code : null,
  ];
  const blank = [answer].flat().every((part) => String(part ?? "").trim() === "");
  return blank || known.some((other) => sameAnswer(view.question, answer, other)) ? null : answer;
}
