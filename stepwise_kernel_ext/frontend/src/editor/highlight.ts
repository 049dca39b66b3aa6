/** Python that is only read, in the same colours as in the editor. Plain text until the parser has loaded. */

export function highlightInto(element: HTMLElement, source: string): void {
  element.textContent = source;
  void import("./spans.ts").then(
    ({ pythonSpans }) => element.replaceChildren(...pythonSpans(source)),
    () => undefined, // it stays plain
  );
}
