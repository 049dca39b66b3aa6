/** The text area that is there before the code editor, and for those who like it better. */

import { h } from "../dom.ts";
import type { EditorOptions, EditorParts } from "./editor.ts";

export function plainEditor(options: EditorOptions, parts: EditorParts): HTMLTextAreaElement {
  const area = h("textarea.sw-input.mono.sw-plain", {
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    wrap: "off",
    "aria-label": options.label,
    "aria-labelledby": parts.name,
    "aria-describedby": parts.describedBy,
    rows: Math.min(Math.max(options.value.split("\n").length + 1, 4), 24),
    oninput: () => options.onChange(),
  });
  area.value = options.value;
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.shiftKey) options.onRun();
    else if ((event.ctrlKey || event.metaKey) && options.onCheck) options.onCheck();
    else return;
    event.preventDefault();
  });
  return area;
}

/** Types `text` at the caret of a text area and puts the caret behind it. */
export function insertInto(area: HTMLTextAreaElement, text: string): void {
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.focus();
}
