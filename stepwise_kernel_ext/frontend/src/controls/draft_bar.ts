/** The quiet bar that offers another text for the same place. Nothing is thrown away unasked. */

import { h } from "../dom.ts";
import type { OtherDraft } from "../host.ts";
import { t, when } from "../texts.ts";

interface Offer {
  /** What the bar is, to screen readers. */
  readonly name: string;
  readonly said: string;
  /** The text as it is shown. */
  readonly readable: string;
  readonly useLabel: string;
  use(): void;
  readonly leaveLabel: string;
  /** The text is not wanted, or has been used. */
  settled(used: boolean): void;
}

/** `readable` is the other text as it is shown; `use` puts the other text in; the caller's own stays within reach of Undo and on the server. */
export function draftBar(other: OtherDraft, readable: string, use: (text: string) => void): HTMLElement {
  return offerBar({
    name: t("Text from another device"),
    said: t("You wrote something else on another device ({time}).", { time: when(other.draft.at) }),
    readable,
    useLabel: t("Use it"),
    use: () => use(other.draft.text),
    leaveLabel: t("Keep this"),
    settled: () => other.dismiss(),
  });
}

/** What a learner has written at a step that shows the answer that passed. */
export function ownTextBar(readable: string, use: () => void, discard: () => void): HTMLElement {
  return offerBar({
    name: t("Another text of yours"),
    said: t("There is another text of yours for this step."),
    readable,
    useLabel: t("Go on with it"),
    use,
    leaveLabel: t("Discard it"),
    settled: (used) => {
      if (!used) discard();
    },
  });
}

function offerBar(offer: Offer): HTMLElement {
  const peek = h(
    "pre.sw-source",
    { hidden: true, tabindex: 0, role: "group", "aria-label": t("The other text") },
    offer.readable,
  );
  const show = quiet(t("Show"), () => {
    peek.hidden = !peek.hidden;
    show.setAttribute("aria-expanded", String(!peek.hidden));
  });
  show.setAttribute("aria-expanded", "false");
  const close = (used: boolean): void => {
    if (used) offer.use();
    offer.settled(used);
    bar.remove();
  };
  const bar = h(
    "div.sw-other-draft",
    { role: "group", "aria-label": offer.name },
    h(
      "div.sw-other-draft-row",
      {},
      h("span", {}, offer.said),
      show,
      quiet(offer.useLabel, () => close(true)),
      quiet(offer.leaveLabel, () => close(false)),
    ),
    peek,
  );
  return bar;
}

function quiet(label: string, act: () => void): HTMLButtonElement {
  return h("button.sw-button.quiet.small", { type: "button", onclick: act }, label);
}
