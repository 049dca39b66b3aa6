/** The chapter as it grows: steps brought to life, the next one revealed in place, the end told. */

import { mountCheckpoint } from "../controls/checkpoint.ts";
import { h, sanitised } from "../dom.ts";
import { deliver } from "../controls/deliver.ts";
import type { Host } from "../host.ts";
import { t } from "../texts.ts";
import type { AttemptResult, CheckpointView, ProgressView, ShowResult } from "../wire.ts";
import type { Api } from "./api.ts";
import { mountCell } from "./cells.ts";
import type { PageConfig } from "./config.ts";
import type { Outline } from "./outline.ts";

export class Chapter {
  private finished: boolean;
  private filling: Promise<void> = Promise.resolve();

  constructor(
    private readonly page: PageConfig,
    private readonly api: Api,
    private readonly outline: Outline,
    private readonly host: () => Host,
  ) {
    this.finished = page.finished;
  }

  /** Brings everything the server has rendered to life. */
  start(): void {
    history.scrollRestoration = "manual"; // the browser would restore before the controls have their height
    for (const section of stepSections()) this.hydrate(section);
    const closing = document.getElementById("sw-closing");
    if (closing) this.hydrate(closing);
    this.outline.show(this.page);
    this.jump();
  }

  /** After an attempt or a shown solution. */
  progressed(result: AttemptResult | ShowResult): void {
    this.follow(result.progress, result.unlocked);
  }

  /** Brings the page to a progress that may have been made elsewhere; `arrival` is the step to go to. */
  follow(progress: ProgressView, arrival: string | null = null): void {
    const ended = progress.finished && !this.finished;
    this.finished = progress.finished;
    this.outline.show(progress);
    this.filling = this.filling.then(() => this.fill(arrival)).then(() => (ended ? this.end() : undefined));
  }

  private async fill(arrival: string | null): Promise<void> {
    for (const line of this.outline.unlocked) {
      if (document.getElementById(`step-${line.id}`)) continue;
      const html = await this.fetch({ step: line.id });
      const section = sanitised(h("div"), html).querySelector<HTMLElement>(".sw-step");
      if (!section || document.getElementById(section.id)) continue;
      this.insert(section);
      this.hydrate(section);
    }
    if (arrival) this.arrive(arrival);
  }

  private fetch(which: { step: string } | "closing"): Promise<string> {
    return deliver(
      () => this.api.fragment(which),
      () => this.host().reachable(),
      () => undefined,
    );
  }

  private insert(section: HTMLElement): void {
    const own = this.outline.position(section.dataset["step"] ?? "");
    const after = stepSections().find((other) => this.outline.position(other.dataset["step"] ?? "") > own);
    document.getElementById("sw-steps")?.insertBefore(section, after ?? null);
  }

  private hydrate(root: HTMLElement): void {
    const host = this.host();
    for (const cell of root.querySelectorAll<HTMLElement>(".sw-cell")) mountCell(cell, host);
    for (const element of root.querySelectorAll<HTMLElement>(".sw-checkpoint")) {
      const data = element.querySelector(".sw-checkpoint-data");
      if (data) mountCheckpoint(element, JSON.parse(data.textContent ?? "") as CheckpointView, host);
    }
    host.typeset(root);
  }

  private arrive(step: string): void {
    const section = document.getElementById(`step-${step}`);
    if (!section) return;
    section.classList.add("arriving");
    section.focus({ preventScroll: true });
    section.scrollIntoView({ behavior: scrollBehaviour(), block: "start" });
    history.replaceState(null, "", `#${section.id}`);
    this.host().announce(
      t("Step {n} unlocked: {title}", {
        n: this.outline.position(step) + 1,
        title: this.outline.title(step),
      }),
    );
  }

  private async end(): Promise<void> {
    const closing = document.getElementById("sw-closing");
    if (!closing) return;
    sanitised(closing, await this.fetch("closing"));
    this.hydrate(closing);
    const panel = closing.querySelector<HTMLElement>(".sw-finished");
    panel?.scrollIntoView({ behavior: scrollBehaviour(), block: "nearest" });
    panel?.focus({ preventScroll: true });
    this.host().announce(t("You have finished this chapter."));
  }

  /** Where the address says, else where the learner stopped. */
  private jump(): void {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const current = this.outline.current;
    const started = current !== null && this.outline.position(current.id) > 0;
    const target = wanted ?? (started ? document.getElementById(`step-${current.id}`) : null);
    target?.scrollIntoView({ behavior: "instant", block: "start" });
  }
}

function stepSections(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("#sw-steps > .sw-step")];
}

function scrollBehaviour(): ScrollBehavior {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}
