/** The way out for somebody who is stuck: what helps now, and when the solution may be seen. */

import { h } from "../dom.ts";
import { t, tn } from "../texts.ts";
import type { CheckpointView } from "../wire.ts";
import { nextHint } from "./hints.ts";

export interface StuckActions {
  hint(): void;
  show(): void;
  close(): void;
}

export function stuckPanel(view: CheckpointView, actions: StuckActions): HTMLElement {
  const row = h("div.sw-actions");
  const panel = h("div.sw-stuck", { role: "group", "aria-label": t("I am stuck"), tabindex: -1 });
  const hint = nextHint(view);
  if (view.failures_left === 0) {
    panel.append(
      h(
        "p",
        {},
        h("b", {}, t("Shall we show you?")),
        " ",
        t(
          "The solution appears and the next step opens. This step gives no points then, and you can still pass it later.",
        ),
      ),
    );
    row.append(button(t("Show me and go on"), actions.show, "primary"));
  } else {
    panel.append(h("p", {}, advice(view, hint !== null)));
  }
  if (hint) row.append(button(hint, actions.hint));
  row.append(button(t("Keep trying"), actions.close, "quiet"));
  panel.append(row);
  return panel;
}

function advice(view: CheckpointView, hasHint: boolean): string {
  const first = hasHint
    ? t("A hint may be all you need.")
    : t("Read the step above once more, slowly, and run its example.");
  if (view.failures_left === null) return first;
  return `${first} ${tn(
    "After {n} more try that is not right yet, you may see the solution and go on.",
    "After {n} more tries that are not right yet, you may see the solution and go on.",
    view.failures_left,
  )}`;
}

function button(label: string, act: () => void, look = ""): HTMLElement {
  return h(`button.sw-button${look && "."}${look}` as "button", { type: "button", onclick: act }, label);
}
