/** The pause after quick guessing: counts down where the learner looks, and says why. */

import { h } from "../dom.ts";
import { t, tn } from "../texts.ts";

export class Pause {
  readonly element = h("p.sw-pause", { role: "status" });
  private until = 0;
  private timer: number | undefined;

  constructor(private readonly ended: () => void) {}

  get active(): boolean {
    return this.until > Date.now();
  }

  start(seconds: number): void {
    if (seconds <= 0) return;
    this.until = Math.max(this.until, Date.now() + seconds * 1000);
    // Only the reason is spoken; a number changing every second would never let a screen reader rest.
    const count = h("span", { "aria-hidden": "true" });
    this.element.replaceChildren(
      t("Quick guesses are slowed down, so that there is time to think. You can check again soon."),
      " ",
      count,
    );
    clearInterval(this.timer);
    const tick = (): void => {
      const left = Math.ceil((this.until - Date.now()) / 1000);
      count.textContent = left > 0 ? tn("({n} second)", "({n} seconds)", left) : "";
      if (left <= 0) this.stop();
    };
    tick();
    this.timer = window.setInterval(tick, 250);
  }

  stop(): void {
    clearInterval(this.timer);
    this.until = 0;
    this.element.replaceChildren();
    this.ended();
  }
}
