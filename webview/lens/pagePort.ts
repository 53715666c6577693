import type { Message, Port } from '../../src/rpc/messages';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

/** The page's link to the extension host; it ends with the page. */
export function pagePort(): Port {
  const api = acquireVsCodeApi();
  return {
    post: message => api.postMessage(message),
    onMessage: listener => window.addEventListener('message', ({ data }) => listener(data as Message)),
    onClose: () => {},
  };
}
