import assert from "node:assert/strict";
import { test } from "node:test";
import { type LocalDraft, mergeDrafts } from "../src/page/merge.ts";
import type { DraftView } from "../src/wire.ts";

const here: LocalDraft = { text: "mine", revision: 3, acknowledged: 3, at: "2026-01-01T10:00:00Z", seen: "" };
const draft = (device: string, text: string, at: string, revision = 1): DraftView => ({
  slot: "s",
  device,
  text,
  revision,
  at,
});
const later = "2026-01-01T11:00:00Z";
const earlier = "2026-01-01T09:00:00Z";

test("a text that was never acknowledged wins over what the server has of this device", () => {
  const merged = mergeDrafts({ ...here, revision: 4 }, [draft("a", "old", earlier, 3)], "a");
  assert.equal(merged.local?.text, "mine");
  assert.equal(merged.unsaved, true);
});

test("another device's newer, different text is offered and replaces nothing", () => {
  const merged = mergeDrafts(here, [draft("a", "mine", earlier, 3), draft("b", "theirs", later)], "a");
  assert.equal(merged.local?.text, "mine");
  assert.equal(merged.other?.text, "theirs");
});

test("another device's older or equal text is not offered", () => {
  assert.equal(mergeDrafts(here, [draft("b", "theirs", earlier)], "a").other, null);
  assert.equal(mergeDrafts(here, [draft("b", "mine", later)], "a").other, null);
});

test("what was dismissed is not offered again, a newer text is", () => {
  const dismissed = { ...here, seen: later };
  assert.equal(mergeDrafts(dismissed, [draft("b", "theirs", later)], "a").other, null);
  const newer = draft("b", "newer", "2026-01-01T12:00:00Z");
  assert.equal(mergeDrafts(dismissed, [newer], "a").other?.text, "newer");
});

test("on a device that has nothing, the newest text of the others is where the learner stopped", () => {
  const stored = [draft("b", "old", earlier, 9), draft("c", "new", later, 2)];
  const merged = mergeDrafts(null, stored, "a");
  assert.deepEqual([merged.local?.text, merged.local?.revision, merged.unsaved], ["new", 0, false]);
});

test("after the browser forgot, this device counts on from what the server has", () => {
  const merged = mergeDrafts(null, [draft("a", "kept", earlier, 7)], "a");
  assert.deepEqual([merged.local?.text, merged.local?.revision], ["kept", 7]);
});

test("an unsaved text is given a revision beyond the server's", () => {
  const merged = mergeDrafts({ ...here, revision: 4 }, [draft("a", "x", earlier, 9)], "a");
  assert.equal(merged.local?.revision, 10);
});
