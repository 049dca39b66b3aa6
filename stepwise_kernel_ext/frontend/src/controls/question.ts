/** What every kind of question offers to the checkpoint around it. */

import type { Host } from "../host.ts";
import type { Answer, QuestionView, VerdictView } from "../wire.ts";

export interface QuestionControl {
  readonly element: HTMLElement;
  /** Buttons that stand beside Check: an exercise's Run and Stop. */
  readonly buttons: readonly HTMLElement[];
  /** Stays above the keyboard of a phone: an exercise's row of symbols. */
  readonly keys: HTMLElement | null;
  /** Whether half-written answers are worth keeping between visits. */
  readonly keepsDrafts: boolean;
  /** The answer so far, null when nothing can be sent yet. */
  read(): Answer | null;
  /** What is worth keeping of an answer that cannot be sent yet; `read` where it is left out. */
  readonly soFar?: () => Answer;
  /** What to do when `read` gives null. */
  readonly missing: string;
  /** Puts an answer in, or with null begins anew. */
  restore(answer: Answer | null): void;
  setLocked(locked: boolean): void;
  /** Shows a verdict beside what it is about; null takes it away. */
  mark(verdict: VerdictView | null): void;
  focus(): void;
  destroy(): void;
}

export interface QuestionContext {
  readonly host: Host;
  readonly step: string;
  /** Ids of the elements that name and describe the question. */
  readonly labelledBy: string;
  readonly changed: () => void;
  readonly check: () => void;
  readonly create: (view: QuestionView, context: QuestionContext) => QuestionControl;
}

/** The members that most kinds leave as they are. */
export const plainQuestion = {
  buttons: [],
  keys: null,
  keepsDrafts: false,
  mark: () => undefined,
  destroy: () => undefined,
} satisfies Partial<QuestionControl>;

/** What is worth keeping of the answer so far. */
export function writtenIn(question: QuestionControl): Answer | null {
  return question.soFar?.() ?? question.read();
}

/** Ctrl+Enter, on a Mac Cmd+Enter too. */
export function isCheckKey(event: KeyboardEvent): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}
