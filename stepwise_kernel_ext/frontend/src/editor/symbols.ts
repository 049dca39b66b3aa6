/** A row of the characters that code needs and a phone's keyboard hides. */

import { h } from "../dom.ts";
import { t } from "../texts.ts";
import type { CodeEditor } from "./editor.ts";

const SYMBOLS = [
  ":",
  "(",
  ")",
  "[",
  "]",
  "=",
  '"',
  "'",
  "_",
  "{",
  "}",
  "+",
  "-",
  "*",
  "/",
  "<",
  ">",
  "#",
  ",",
  ".",
];
const INDENT = "    ";

export function symbolKeys(editor: CodeEditor): HTMLElement {
  const key = (shown: string, text: string, name?: string): HTMLElement =>
    h(
      "button.sw-key",
      {
        type: "button",
        tabindex: -1,
        "aria-label": name,
        // The editor keeps the focus, or the phone's keyboard would close and open again.
        onpointerdown: (event: PointerEvent) => event.preventDefault(),
        onclick: () => editor.insert(text),
      },
      shown,
    );
  return h(
    "div.sw-keys",
    { role: "group", tabindex: 0, "aria-label": t("Symbols") },
    key("⇥", INDENT, t("Indent")),
    ...SYMBOLS.map((symbol) => key(symbol, symbol)),
  );
}
