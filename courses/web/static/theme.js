/** Light, dark, or as the system has it: one button on every page, remembered; Jupyter's parts are told too. */

/** The server reads it, so that a page comes in its theme. */
const COOKIE = "stepwise-theme";
const A_YEAR = 365 * 24 * 60 * 60;
const SYMBOLS = { auto: "◐", light: "☀", dark: "☾" };
const NEXT = { auto: "light", light: "dark", dark: "auto" };

const system = matchMedia("(prefers-color-scheme: dark)");
const button = document.getElementById("sw-theme");
let theme = document.documentElement.dataset.theme ?? "auto";

function remember() {
  const age = theme === "auto" ? 0 : A_YEAR;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${theme}; Path=${button.dataset.path}; Max-Age=${age}; SameSite=Lax${secure}`;
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
