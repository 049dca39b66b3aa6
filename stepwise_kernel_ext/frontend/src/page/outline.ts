/** The side list, the progress bar and "what comes next", all drawn from the same lines. */

import { h } from "../dom.ts";
import { t } from "../texts.ts";
import type { ProgressView, StepLine, StepState } from "../wire.ts";

export class Outline {
  private lines: readonly StepLine[];

  constructor(lines: readonly StepLine[]) {
    this.lines = lines;
    this.openOnWideScreens();
  }

  state(step: string): StepState {
    return this.lines.find((line) => line.id === step)?.state ?? "locked";
  }

  position(step: string): number {
    return this.lines.findIndex((line) => line.id === step);
  }

  title(step: string): string {
    return this.lines[this.position(step)]?.title ?? "";
  }

  get current(): StepLine | null {
    return this.lines.find((line) => line.state === "current") ?? null;
  }

  get unlocked(): readonly StepLine[] {
    return this.lines.filter((line) => line.state !== "locked");
  }

  show(progress: Pick<ProgressView, "outline" | "settled" | "total">): void {
    this.lines = progress.outline;
    this.drawList();
    this.drawCounts(progress.settled, progress.total);
    this.drawNext();
    for (const line of this.lines) {
      const section = document.getElementById(`step-${line.id}`);
      if (section) section.dataset["state"] = line.state;
    }
  }

  private drawList(): void {
    const list = document.getElementById("sw-outline");
    const focused = (document.activeElement as HTMLAnchorElement | null)?.hash;
    list?.replaceChildren(...this.lines.map(listItem));
    if (focused) list?.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  private drawCounts(settled: number, total: number): void {
    const bar = document.querySelector<HTMLElement>(".sw-progress");
    bar?.setAttribute("aria-valuenow", String(settled));
    bar?.style.setProperty("--sw-done", `${total ? (100 * settled) / total : 100}%`);
    const count = document.getElementById("sw-count");
    if (count) count.textContent = t("{settled} of {total}", { settled, total });
    const summary = document.querySelector(".sw-nav summary");
    if (!summary) return;
    const current = this.current;
    if (!current) {
      summary.textContent = t("All {n} steps", { n: total });
      return;
    }
    const place = t("Step {n} of {m}", { n: this.position(current.id) + 1, m: total });
    summary.textContent = `${place} · ${current.title}`;
  }

  private drawNext(): void {
    const place = document.getElementById("sw-next");
    const current = this.current;
    const next = current && this.lines[this.position(current.id) + 1];
    if (!place) return;
    place.replaceChildren();
    if (next) {
      place.append(
        h(
          "p",
          {},
          h("b", {}, t("Next: {title}", { title: next.title })),
          " ",
          t("It appears here once you have passed this checkpoint."),
        ),
      );
    }
  }

  /** A closed list on a phone, an open one beside the text. */
  private openOnWideScreens(): void {
    const details = document.querySelector<HTMLDetailsElement>(".sw-nav details");
    const wide = matchMedia("(min-width: 901px)");
    const follow = (): void => {
      if (details) details.open = wide.matches;
    };
    wide.addEventListener("change", follow);
    follow();
    details?.addEventListener("click", (event) => {
      if (!wide.matches && (event.target as HTMLElement).closest("a")) details.open = false;
    });
  }
}

function listItem(line: StepLine): HTMLElement {
  const locked = line.state === "locked";
  return h(
    "li",
    { "data-step": line.id, "data-state": line.state, "aria-current": line.state === "current" && "step" },
    h("span.sw-dot", { "aria-hidden": "true" }),
    locked ? h("span", {}, line.title) : h("a", { href: `#step-${line.id}` }, line.title),
    h("span.sw-visually-hidden", {}, ` (${stateName(line.state)})`),
  );
}

function stateName(state: StepState): string {
  switch (state) {
    case "passed":
    case "proved":
      return t("passed");
    case "shown":
      return t("solution shown");
    case "current":
      return t("current");
    case "open":
      return t("open");
    default:
      return t("locked");
  }
}
