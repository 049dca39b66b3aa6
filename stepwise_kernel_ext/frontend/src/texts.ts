/** Interface texts: English in the source, replaced by the page's catalogue of another language. */

let catalogue: Readonly<Record<string, string>> = {};

export function setTexts(texts: Readonly<Record<string, string>>): void {
  catalogue = texts;
}

type Values = Readonly<Record<string, string | number>>;

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
}

/** `t("Hint {n} of {m}", {n: 1, m: 2})` */
export function t(text: string, values: Values = {}): string {
  return fill(catalogue[text] || text, values);
}

/** `tn("{n} more try", "{n} more tries", 3)`: the first text is for one, the second for any other. */
export function tn(one: string, other: string, n: number, values: Values = {}): string {
  return t(n === 1 ? one : other, { n, ...values });
}

/** A time as a person on this page reads it. `at` is ISO 8601. */
export function when(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  const today = new Date().toDateString() === time.toDateString();
  const language = globalThis.document?.documentElement.lang || "en";
  return new Intl.DateTimeFormat(
    language,
    today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" },
  ).format(time);
}
