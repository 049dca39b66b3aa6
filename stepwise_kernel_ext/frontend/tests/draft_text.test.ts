import assert from "node:assert/strict";
import { test } from "node:test";
import { leftOver, sameAnswer } from "../src/controls/draft_text.ts";
import type { Answer, AttemptView, CheckpointView, QuestionView } from "../src/wire.ts";

const question = (kind: QuestionView["kind"], parts: QuestionView[] = [], code = ""): QuestionView => ({
  kind,
  ask: { source: "", html: "" },
  options: [],
  code,
  parts,
});
const view = (about: QuestionView, last: Answer | null): CheckpointView =>
  ({
    question: about,
    last_attempt: last === null ? null : ({ answer: last } as AttemptView),
  }) as CheckpointView;
const parts = question("parts", [question("number"), question("many")]);

test("several options are the same answer in any order, lines to order are not", () => {
  assert.ok(sameAnswer(parts, ["2", ["a", "b"]], ["2", ["b", "a"]]));
  assert.ok(!sameAnswer(question("order"), ["a", "b"], ["b", "a"]));
});

test("a draft is left over when it is neither shown nor the last attempt", () => {
  assert.equal(leftOver(view(question("text"), "sent"), "passed", "written"), "written");
  assert.equal(leftOver(view(question("text"), "sent"), "passed", "sent"), null);
  assert.equal(leftOver(view(question("text"), null), "passed", "passed"), null);
  assert.equal(leftOver(view(parts, null), ["2", ["a", "b"]], '["2",["b","a"]]'), null);
});

test("nothing written is not left over, nor is the code that an exercise begins with", () => {
  assert.equal(leftOver(view(question("text"), null), "passed", ""), null);
  assert.equal(leftOver(view(question("text"), null), "passed", null), null);
  assert.equal(leftOver(view(parts, null), ["2", []], '["",""]'), null);
  assert.equal(leftOver(view(question("exercise", [], "start"), null), "passed", "start"), null);
});
