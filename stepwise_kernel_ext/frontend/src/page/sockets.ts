/**
 * The one protocol that the server speaks with pages.
 *
 * Jupyter's client stops offering it once its first connection was refused, since an old server might not
 * know it. Ours refuses for a while when there is no kernel, or no place.
 */

const PROTOCOL = "v1.kernel.websocket.jupyter.org";

/** Has every connection to a kernel offer it. To be called before Jupyter's client loads. */
export function offerProtocol(): void {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols: string | string[] = []) {
      const silent = protocols.length === 0 && String(url).includes("/learn/api/kernels/");
      super(url, silent ? [PROTOCOL] : protocols);
    }
  };
}
