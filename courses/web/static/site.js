/** What the entrance pages do beyond plain forms. Everything works without it. */

/** A button beside a password field that shows what was typed. */
for (const button of document.querySelectorAll("button[data-reveals]")) {
  const input = document.getElementById(button.dataset.reveals);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
  // What is sent and remembered by the browser is a password, shown or not.
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
}

/** The place in the page that one was sent here from (#step-…) never reaches the server: carry it on. */
if (location.hash) {
  for (const form of document.querySelectorAll("form[data-keeps-place]")) form.action += location.hash;
  for (const link of document.querySelectorAll("a[data-keeps-place]")) link.hash = location.hash;
}

/**
 * Where nobody is signed in, half-written work that the server has need not lie in the browser, which may
 * be on a shared computer. What waits to be sent stays.
 */
function forgetSentDrafts() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("stepwise:draft:"))) {
    const draft = JSON.parse(localStorage.getItem(key));
    if (draft.revision <= draft.acknowledged) localStorage.removeItem(key);
  }
}

if (document.querySelector("form[data-forgets-drafts]")) {
  try {
    forgetSentDrafts();
  } catch {
    // The browser's storage is forbidden, or holds what we do not understand: it stays as it is.
  }
}
