/** The quiet bar that offers what was written on another device. Nothing is thrown away. */

import { h } from "../dom.ts";
import type { OtherDraft } from "../host.ts";
import { t, when } from "../texts.ts";

/** `readable` is the other text as it is shown; `use` puts the other text in; the caller's own stays within reach of Undo and on the server. */
export function draftBar(other: OtherDraft, readable: string, use: (text: string) => void): HTMLElement {
  const peek = h(
    "pre.sw-source",
    { hidden: true, tabindex: 0, role: "group", "aria-label": t("The other text") },
    readable,
  );
  const show = h(
    "button.sw-button.quiet.small",
    {
      type: "button",
      "aria-expanded": "false",
      onclick: () => {
        peek.hidden = !peek.hidden;
        show.setAttribute("aria-expanded", String(!peek.hidden));
      },
    },
    t("Show"),
  );
  const close = (): void => {
    other.dismiss();
    bar.remove();
  };
  const bar = h(
    "div.sw-other-draft",
    { role: "group", "aria-label": t("Text from another device") },
    h(
      "div.sw-other-draft-row",
      {},
      h(
        "span",
        {},
        t("You wrote something else on another device ({time}).", { time: when(other.draft.at) }),
      ),
      show,
      h(
        "button.sw-button.quiet.small",
        {
          type: "button",
          onclick: () => {
            use(other.draft.text);
            close();
          },
        },
        t("Use it"),
      ),
      h("button.sw-button.quiet.small", { type: "button", onclick: close }, t("Keep this")),
    ),
    peek,
  );
  return bar;
}
