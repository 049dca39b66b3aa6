/** The control of each kind of question. */

import type { CheckpointKind, QuestionView } from "../wire.ts";
import { choiceQuestion, manyQuestion } from "./choice.ts";
import { exerciseQuestion } from "./exercise.ts";
import { orderQuestion } from "./order.ts";
import { partsQuestion } from "./parts.ts";
import type { QuestionContext, QuestionControl } from "./question.ts";
import { readQuestion } from "./read.ts";
import { numberQuestion, predictQuestion, textQuestion, writeQuestion } from "./typed.ts";

type Maker = (view: QuestionView, context: QuestionContext) => QuestionControl;

const makers: Readonly<Record<CheckpointKind, Maker>> = {
  read: readQuestion,
  choice: choiceQuestion,
  many: manyQuestion,
  number: numberQuestion,
  text: textQuestion,
  order: orderQuestion,
  predict: predictQuestion,
  write: writeQuestion,
  exercise: exerciseQuestion,
  parts: partsQuestion,
};

export function createQuestion(view: QuestionView, context: QuestionContext): QuestionControl {
  return makers[view.kind](view, context);
}
