/** Whether the server can be reached: says so in a banner, and finds out by itself when it is back. */

import { h } from "../dom.ts";
import { t } from "../texts.ts";
import type { Runner } from "./kernel.ts";

const FIRST_PROBE_MS = 1000;
const SLOWEST_PROBE_MS = 15_000;
/** A kernel that is away for a moment is nobody's business. */
const KERNEL_GRACE_MS = 4000;

export class Connection {
  private away = false;
  private readonly waiting = new Set<() => void>();
  private readonly banner = h("div.sw-connection", { role: "status" });
  private probing = false;

  constructor(private readonly alive: () => Promise<boolean>) {
    document.body.append(this.banner);
    window.addEventListener("online", () => void this.probe());
    window.addEventListener("offline", () => this.heard(false));
  }

  /** Every request reports here. */
  heard(answered: boolean): void {
    if (answered === !this.away) return;
    this.away = !answered;
    this.show();
    if (answered) this.release();
    else void this.keepProbing();
  }

  /** Settles once the server answers again; at once when it was never away. */
  reachable(): Promise<void> {
    if (!this.away) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  /** Tells of a kernel that is lost for longer than a moment, or that lacks something. */
  watch(runner: Runner): void {
    let timer: number | undefined;
    runner.onState(() => {
      clearTimeout(timer);
      const asleep = runner.state === "off" && runner.notice !== "";
      if (runner.state !== "lost" && !asleep) this.kernelNotice(runner.warning);
      else {
        timer = window.setTimeout(
          () =>
            this.kernelNotice(
              runner.notice ||
                t("Python is away and is being started again. Everything but Run works meanwhile."),
            ),
          KERNEL_GRACE_MS,
        );
      }
    });
  }

  private kernelText = "";

  private kernelNotice(text: string): void {
    this.kernelText = text;
    this.show();
  }

  private show(): void {
    const text = this.away
      ? t("No connection. What you write is kept in this browser and sent when the connection is back.")
      : this.kernelText;
    if (this.banner.textContent !== text) this.banner.textContent = text;
  }

  private release(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private async keepProbing(): Promise<void> {
    if (this.probing) return;
    this.probing = true;
    for (let pause = FIRST_PROBE_MS; this.away; pause = Math.min(pause * 2, SLOWEST_PROBE_MS)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      await this.probe();
    }
    this.probing = false;
  }

  private async probe(): Promise<void> {
    if (this.away && (await this.alive())) this.heard(true);
  }
}
