import assert from "node:assert/strict";
import { test } from "node:test";
import { moved } from "../src/controls/moved.ts";

test("an item is taken out and put in at its new place, up or down", () => {
  assert.deepEqual(moved(["a", "b", "c", "d"], 0, 2), ["b", "c", "a", "d"]);
  assert.deepEqual(moved(["a", "b", "c", "d"], 3, 0), ["d", "a", "b", "c"]);
  assert.deepEqual(moved(["a", "b"], 1, 1), ["a", "b"]);
});
