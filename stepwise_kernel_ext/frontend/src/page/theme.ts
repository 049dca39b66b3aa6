/** Light, dark, or as the system has it: one button, remembered; Jupyter's parts are told too. */

import { recall, remember } from "../storage.ts";
import { t } from "../texts.ts";

type Theme = "auto" | "light" | "dark";

/** Also read by the page's inline script, before anything is painted. */
const KEY = "stepwise:theme";
const SYMBOLS: Readonly<Record<Theme, string>> = { auto: "◐", light: "☀", dark: "☾" };
const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };

export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("sw-theme");
  const apply = (theme: Theme): void => {
    const dark = theme === "dark" || (theme === "auto" && system.matches);
    if (theme === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    document.body.dataset["jpThemeLight"] = String(!dark);
    document.body.dataset["jpThemeName"] = dark ? "JupyterLab Dark" : "JupyterLab Light";
    if (!button) return;
    button.textContent = SYMBOLS[theme];
    button.setAttribute("aria-label", themeLabel(theme));
    button.title = themeLabel(theme);
  };
  button?.addEventListener("click", () => {
    remember(KEY, NEXT[chosen()]);
    apply(chosen());
  });
  system.addEventListener("change", () => apply(chosen()));
  apply(chosen());
}

function chosen(): Theme {
  const stored = recall(KEY);
  return stored === "light" || stored === "dark" ? stored : "auto";
}

function themeLabel(theme: Theme): string {
  switch (theme) {
    case "light":
      return t("Colours: light");
    case "dark":
      return t("Colours: dark");
    default:
      return t("Colours: as your system");
  }
}
