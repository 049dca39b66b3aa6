/** Typesets the TeX that the server left in `.math` elements. KaTeX comes with the first of them. */

import { linkStyle } from "../dom.ts";

/** The name of KaTeX's style sheet beside this script; the build fills it in. */
declare const KATEX_CSS: string;

export function typeset(element: HTMLElement): void {
  const formulas = [...element.querySelectorAll<HTMLElement>(".math:not([data-typeset])")];
  if (formulas.length === 0) return;
  for (const formula of formulas) formula.dataset["typeset"] = "";
  linkStyle(KATEX_CSS);
  void import("katex").then(
    ({ default: katex }) => {
      for (const formula of formulas) {
        katex.render(formula.textContent ?? "", formula, {
          displayMode: formula.classList.contains("block"),
          output: "htmlAndMathml",
          throwOnError: false,
          trust: false,
          strict: "ignore",
        });
      }
    },
    () => {
      // Offline before the first formula: the TeX stays readable, and the next call tries again.
      for (const formula of formulas) delete formula.dataset["typeset"];
    },
  );
}
