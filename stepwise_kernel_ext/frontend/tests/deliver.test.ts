import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver } from "../src/controls/deliver.ts";
import { Refused, Unreachable } from "../src/host.ts";

const atOnce = (): Promise<void> => Promise.resolve();

test("what nobody answered is sent again until somebody does, and the waiting is told once", async () => {
  let sent = 0;
  const told: boolean[] = [];
  const result = await deliver(
    () => ((sent += 1) < 4 ? Promise.reject(new Unreachable()) : Promise.resolve("yes")),
    atOnce,
    (waiting) => told.push(waiting),
  );
  assert.deepEqual([result, sent, told], ["yes", 4, [true, false]]);
});

test("a no is an answer: it is not sent again", async () => {
  let sent = 0;
  const no = new Refused({ type: "urn:stepwise:step-locked", title: "Locked", status: 403 });
  const send = (): Promise<never> => {
    sent += 1;
    return Promise.reject(no);
  };
  await assert.rejects(
    deliver(send, atOnce, () => undefined),
    no,
  );
  assert.equal(sent, 1);
});
