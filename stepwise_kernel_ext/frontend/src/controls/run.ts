/** Run and Stop for a piece of code, and what the kernel is doing meanwhile. */

import { h } from "../dom.ts";
import type { Host } from "../host.ts";
import { t, tn } from "../texts.ts";
import { isDocked } from "./dock.ts";

/** Code that goes on for this long after Stop is not going to stop. */
const STUBBORN_MS = 4000;

export interface Run {
  readonly buttons: readonly HTMLElement[];
  readonly status: HTMLElement;
  start(): void;
  destroy(): void;
}

/** `code` is asked for when Run is pressed; `started` hears of each run. */
export function createRun(
  host: Host,
  output: HTMLElement,
  code: () => string,
  started: () => void = () => undefined,
): Run {
  const status = h("p.sw-run-status", { role: "status" });
  const runner = host.runner;
  if (!runner) return { buttons: [], status, start: () => undefined, destroy: () => undefined };

  const runButton = h("button.sw-button", { type: "button", onclick: press, title: "Shift+Enter" }, t("Run"));
  const stopButton = h("button.sw-button", { type: "button", hidden: true, onclick: stop }, t("Stop"));
  const view = host.openOutput(output);
  let running = false;
  let last = "";
  let stubborn: number | undefined;

  /** By hand: on a phone the keyboard goes, or it would cover what comes. */
  function press(): void {
    if (isDocked()) runButton.focus({ preventScroll: true });
    start();
  }

  function start(): void {
    if (running || !runner) return;
    running = true;
    last = "";
    started();
    show();
    void runner.run(code(), view, { begun: (id) => (last = id) }).then(ended, () => ended("aborted"));
  }

  /** Interrupts; what does not stop by that may be ended with all its names. */
  function stop(): void {
    if (stopButton.dataset["stubborn"] !== undefined) {
      void runner?.restart();
      return;
    }
    void runner?.interrupt();
    clearTimeout(stubborn);
    stubborn = window.setTimeout(() => {
      stopButton.dataset["stubborn"] = "";
      stopButton.textContent = t("Restart Python");
      status.textContent = t(
        "It does not stop. Restarting Python ends it; the chapter’s names are made again.",
      );
    }, STUBBORN_MS);
  }

  function ended(result: "ok" | "error" | "aborted"): void {
    running = false;
    clearTimeout(stubborn);
    delete stopButton.dataset["stubborn"];
    stopButton.textContent = t("Stop");
    const asked = view.stopAsking(); // nobody waits for the line any more
    show();
    if (asked) runButton.focus();
    if (isDocked()) output.scrollIntoView({ block: "nearest" });
    status.textContent =
      result === "aborted"
        ? runner?.notice || t("It was not run. Press Run to try again.")
        : (runner?.news() ?? "");
    tell();
  }

  function show(): void {
    const [now, before] = running ? [stopButton, runButton] : [runButton, stopButton];
    const hadFocus = document.activeElement === before;
    now.hidden = false;
    before.hidden = true;
    if (hadFocus) now.focus();
    status.textContent = running ? progress() : "";
  }

  /** That the server has stopped a run may be heard before its end or after it. */
  function tell(): void {
    if (running) status.textContent = progress();
    else if (last && runner?.tookTooLong(last)) status.textContent = tooLong(runner.limit);
  }

  function progress(): string {
    switch (runner?.state) {
      case "starting":
        return runner.notice || t("Python is starting. Your code runs as soon as it is there.");
      case "off":
      case "lost":
        return runner.notice || t("Python is being started again…");
      default:
        return t("Running…");
    }
  }

  const forget = runner.onState(tell);
  return { buttons: [runButton, stopButton], status, start, destroy: forget };
}

function tooLong(seconds: number): string {
  return tn(
    "It was stopped, because nothing may run for more than {n} second here. Your variables are still there. Look for a loop that never ends, or do less at once.",
    "It was stopped, because nothing may run for more than {n} seconds here. Your variables are still there. Look for a loop that never ends, or do less at once.",
    seconds,
  );
}
