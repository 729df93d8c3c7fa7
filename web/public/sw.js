// Keeps the console's own files, so that it opens while Aether is away. What people see in it is never kept here:
// the API is asked each time. The build replaces the version, and a new version forgets what the old one kept.
const KEPT = 'aether-console-__VERSION__';
const ANY_ID = /\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/g;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((cache) => cache.addAll(['/', '/mark.svg']))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/_next/')) event.respondWith(keptFirst(request, request.url));
  else if (isShell(request, pathname))
    event.respondWith(networkFirst(request, pathname.replace(ANY_ID, '/_')));
});

self.addEventListener('notificationclick', (event) => {
  const { notification } = event;
  notification.close();
  event.waitUntil(goTo(notification.data?.href ?? '/'));
});

/** In the window that is there, or a new one. */
async function goTo(href) {
  const [open] = await self.clients.matchAll({ type: 'window' });
  if (!open) return self.clients.openWindow(href);
  await open.focus();
  return open.navigate(href);
}

/** Pages and their parts; everything below these folders belongs to the edge. */
function isShell({ mode }, pathname) {
  if (/^\/(?:api|health|metrics|assets|mcp|git)(?:\/|$)/.test(pathname)) return false;
  return mode === 'navigate' || /\.(?:txt|svg|png|webmanifest)$/.test(pathname);
}

async function keptFirst(request, key) {
  const kept = await caches.match(key);
  if (!kept) return keep(key, await fetch(request));
  // A worker takes the address of the answer for its own, and what is behind the # there is that of another worker
  // with the same script. An answer without an address leaves it the one it was asked with.
  return request.destination === 'worker' ? new Response(kept.body, kept) : kept;
}

async function networkFirst(request, key) {
  try {
    return await keep(key, await fetch(request));
  } catch (error) {
    const kept = (await caches.match(key)) ?? (request.mode === 'navigate' && (await caches.match('/')));
    if (kept) return kept;
    throw error;
  }
}

async function keep(key, response) {
  if (response.ok && response.type === 'basic' && !response.redirected) {
    const cache = await caches.open(KEPT);
    await cache.put(key, response.clone());
  }
  return response;
}
