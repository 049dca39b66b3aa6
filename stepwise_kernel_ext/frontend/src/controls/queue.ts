/** What a check that takes a moment is doing: waiting for its turn, or being checked. */

import { h } from "../dom.ts";
import { t, tn } from "../texts.ts";

/** Most checks are answered sooner, and nothing is asked. */
const ASK_AFTER_MS = 400;
const ASK_AGAIN_MS = 1000;

/** How many checks come before this one; null when it does not wait. */
export type AskWaiting = () => Promise<number | null>;

export class QueueWatch {
  readonly element = h("p.sw-queue", { role: "status" });
  private readonly said = h("span");
  /** Not spoken: a screen reader is told once that the check waits, and once that its turn has come. */
  private readonly count = h("span.sw-help", { "aria-hidden": "true" });
  private timer: number | undefined;

  start(ask: AskWaiting): void {
    this.stop();
    this.timer = window.setTimeout(() => void this.look(ask), ASK_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.element.replaceChildren();
  }

  private async look(ask: AskWaiting): Promise<void> {
    const watch = this.timer;
    const before = await ask().catch(() => undefined);
    if (this.timer !== watch) return; // answered meanwhile, or another check has begun
    if (before !== undefined) this.show(before);
    this.timer = window.setTimeout(() => void this.look(ask), ASK_AGAIN_MS);
  }

  private show(before: number | null): void {
    const text =
      before === null ? t("Checking…") : t("Much is being checked just now. Yours waits for its turn.");
    if (this.said.textContent !== text) this.said.textContent = text;
    this.count.textContent =
      before === null
        ? ""
        : before === 0
          ? t("It is next.")
          : tn("{n} is before it.", "{n} are before it.", before);
    if (!this.element.hasChildNodes()) this.element.append(this.said, " ", this.count);
  }
}
