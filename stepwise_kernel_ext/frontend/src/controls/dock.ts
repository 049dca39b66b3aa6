/** The row below an editor that stays above a phone's keyboard: symbol keys and buttons. */

import { h, type Child } from "../dom.ts";

/** Whether the row covers what is below the editor while that has the focus; as the stylesheet says. */
export function isDocked(): boolean {
  return matchMedia("(max-width: 620px), (pointer: coarse)").matches;
}

/**
 * Pressing a button in it leaves the focus where it is. Else the editor would lose it at the press, the
 * row would fold, and the button would be gone from under the finger before it is released.
 */
export function dock(...children: Child[]): HTMLElement {
  return h(
    "div.sw-dock",
    {
      onmousedown: (event: MouseEvent) => {
        const editing = document.activeElement?.closest(".sw-editor");
        if (editing && (event.target as HTMLElement).closest("button")) event.preventDefault();
      },
    },
    ...children,
  );
}
