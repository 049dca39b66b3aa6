/** A checkpoint that passes when the learner says that they have read it. */

import { h } from "../dom.ts";
import { plainQuestion, type QuestionControl } from "./question.ts";

export function readQuestion(): QuestionControl {
  return {
    ...plainQuestion,
    element: h("div"),
    missing: "",
    read: () => true,
    restore: () => undefined,
    setLocked: () => undefined,
    focus: () => undefined,
  };
}
