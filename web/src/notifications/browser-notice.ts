import type { Notice } from './notice';

/** `unsupported` also where the page is not secure: browsers offer notifications over https and on this machine only. */
export const browserPermission = (): NotificationPermission | 'unsupported' =>
  'Notification' in window && window.isSecureContext ? Notification.permission : 'unsupported';

/** Shows a notice by the browser, once however many tabs are open. */
export async function showByBrowser({ id, title, about, href }: Notice): Promise<void> {
  if (browserPermission() !== 'granted') return;
  const options = { body: about, tag: id, icon: '/icon-192.png', data: { href } };
  const worker = await navigator.serviceWorker.getRegistration();
  // Phones show only what a service worker shows; development builds have none.
  if (worker) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.onclick = () => {
    window.focus();
    window.location.assign(href);
  };
}
