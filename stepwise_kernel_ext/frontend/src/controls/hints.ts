/** Hints already taken, each with its place among all there are. */

import { h, sanitised } from "../dom.ts";
import { t } from "../texts.ts";
import type { CheckpointView } from "../wire.ts";

export function hintList(view: CheckpointView): HTMLElement[] {
  return view.hints.map((hint, index) =>
    h(
      "div.sw-hint",
      { tabindex: -1 },
      h("p.sw-hint-head", {}, t("Hint {n} of {m}", { n: index + 1, m: view.hints_total })),
      sanitised(h("div"), hint.html),
    ),
  );
}

/** The label of the button for the next hint, null when none is left. */
export function nextHint(view: CheckpointView): string | null {
  if (view.hints.length >= view.hints_total) return null;
  return t("Hint {n} of {m}", { n: view.hints.length + 1, m: view.hints_total });
}
