/** Building elements in one expression, so that a control reads like the tree it makes. */

export type Child = Node | string | null | undefined | false;

type Value = string | number | boolean | null | undefined | ((event: never) => void);

/**
 * `h("button.sw-button.primary", {type: "button", onclick: check}, "Check")`: a tag with classes,
 * attributes (true is an empty one, false and null are left out; `on…` functions listen), children.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  selector: Tag | `${Tag}.${string}`,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag as Tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as unknown as EventListener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** HTML that the server has sanitised. Nothing else may come here. */
export function sanitised<Element extends HTMLElement>(element: Element, html: string): Element {
  element.innerHTML = html;
  for (const link of element.querySelectorAll("a[href]")) {
    link.setAttribute("rel", "noopener noreferrer");
  }
  return element;
}

let ids = 0;

/** An id no other element on this page has. */
export function freshId(prefix: string): string {
  ids += 1;
  return `sw-${prefix}-${ids}`;
}

/** A button that can say why it does nothing: `aria-disabled` keeps it in reach of the keyboard. */
export function setDisabled(button: HTMLElement, disabled: boolean): void {
  button.setAttribute("aria-disabled", String(disabled));
}

export function isDisabled(button: HTMLElement): boolean {
  return button.getAttribute("aria-disabled") === "true";
}

/** Makes `wanted` the children of `row`, moving as little as it can: what has the focus keeps it. */
export function arrange(row: HTMLElement, wanted: readonly HTMLElement[]): void {
  for (const old of [...row.children]) if (!wanted.includes(old as HTMLElement)) old.remove();
  wanted.forEach((child, at) => {
    if (row.children[at] !== child) row.insertBefore(child, row.children[at] ?? null);
  });
}

const linked = new Set<string>();

/** Have the page load a style sheet that lies beside this script; once is enough. */
export function linkStyle(name: string): void {
  if (linked.has(name)) return;
  linked.add(name);
  document.head.append(h("link", { rel: "stylesheet", href: new URL(name, import.meta.url).href }));
}
