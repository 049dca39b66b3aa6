/** Light, dark, or as the system has it: one button on every page, remembered; Jupyter's parts are told too. */

/** Also read by each page's inline script, before anything is painted. */
const KEY = "stepwise:theme";
const SYMBOLS = { auto: "◐", light: "☀", dark: "☾" };
const NEXT = { auto: "light", light: "dark", dark: "auto" };

const system = matchMedia("(prefers-color-scheme: dark)");
const button = document.getElementById("sw-theme");
let theme = recall();

function recall() {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "auto";
  } catch {
    return "auto"; // the browser keeps nothing here
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this page.
  }
}

function apply() {
  const dark = theme === "dark" || (theme === "auto" && system.matches);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.body.dataset.jpThemeLight = String(!dark);
  document.body.dataset.jpThemeName = dark ? "JupyterLab Dark" : "JupyterLab Light";
  const label = button.dataset[theme];
  button.textContent = SYMBOLS[theme];
  button.setAttribute("aria-label", label);
  button.title = label;
}

button.addEventListener("click", () => {
  theme = NEXT[theme];
  remember();
  apply();
});
system.addEventListener("change", apply);
button.hidden = false;
apply();
