import assert from "node:assert/strict";
import { test } from "node:test";
import { setTexts, t, tn } from "../src/texts.ts";

test("a text is English until the catalogue has it, and its places are filled in", () => {
  assert.equal(t("Hint {n} of {m}", { n: 1, m: 2 }), "Hint 1 of 2");
  setTexts({ "Hint {n} of {m}": "Hinweis {n} von {m}", Check: "" });
  assert.equal(t("Hint {n} of {m}", { n: 1, m: 2 }), "Hinweis 1 von 2");
  assert.equal(t("Check"), "Check");
  setTexts({});
});

test("one and many have texts of their own", () => {
  assert.equal(tn("{n} try", "{n} tries", 1), "1 try");
  assert.equal(tn("{n} try", "{n} tries", 3), "3 tries");
});
