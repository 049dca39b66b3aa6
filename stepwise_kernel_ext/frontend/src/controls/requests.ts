/** One request at a time: signs of life when it is slow, retries when nobody answers, refusals told. */

import { h } from "../dom.ts";
import { Refused } from "../host.ts";
import { t } from "../texts.ts";
import { deliver } from "./deliver.ts";

/** Waits shorter than this need no sign of life. */
const BUSY_AFTER_MS = 300;

export interface RequestEvents {
  reachable(): Promise<void>;
  /** A request has begun or ended. */
  busy(is: boolean): void;
  /** The server asks for a pause of some seconds. */
  paused(seconds: number): void;
}

export class Requests {
  /** Where it says what it waits for, and what was refused. */
  readonly note = h("div.sw-note", { role: "status" });
  private running = false;

  constructor(private readonly events: RequestEvents) {}

  get busy(): boolean {
    return this.running;
  }

  tell(text: string, warn = false): void {
    this.note.replaceChildren(...(text ? [h(`p.sw-notice${warn ? ".warn" : ""}` as "p", {}, text)] : []));
  }

  /** Null when another request runs, or when the server said no. `button` shows that it is slow. */
  async run<Result>(button: HTMLElement, send: () => Promise<Result>): Promise<Result | null> {
    if (this.running) return null;
    this.running = true;
    this.tell("");
    this.events.busy(true);
    const slow = setTimeout(() => button.setAttribute("aria-busy", "true"), BUSY_AFTER_MS);
    try {
      return await deliver(
        send,
        () => this.events.reachable(),
        (waiting) => this.tell(waiting ? waitingText() : ""),
      );
    } catch (error) {
      this.refused(error);
      return null;
    } finally {
      clearTimeout(slow);
      button.removeAttribute("aria-busy");
      this.running = false;
      this.events.busy(false);
    }
  }

  private refused(error: unknown): void {
    if (!(error instanceof Refused)) {
      this.tell(t("Something went wrong here. Please reload the page; what you wrote is kept."), true);
      throw error;
    }
    if (error.problem.status === 429 && error.kind === "guessing-pause") {
      this.events.paused(error.retryAfter || 5);
    } else if (error.problem.status === 401) {
      this.tell(
        t("You are signed out. Sign in again in another tab, then press the button once more."),
        true,
      );
    } else if (error.kind === "grader-busy") {
      this.tell(
        t(
          "So much is being checked just now that yours was not. What you wrote is kept, and this does not count. Press the button again in a minute.",
        ),
        true,
      );
    } else {
      this.tell(error.message, true);
    }
  }
}

function waitingText(): string {
  return t("Waiting for the connection. Your answer is kept and sent as soon as it is back.");
}
