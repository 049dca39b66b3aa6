/** An answer as the text that a draft is kept in: typed answers as they are, several parts as JSON. */

import type { Answer, QuestionView } from "../wire.ts";

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
    part.options.find((option) => option.id === given)?.text.source ?? String(given);
  return question.parts.map((part, index) => `${index + 1}. ${words(part, answer[index])}`).join("\n");
}
