// Service worker of the phone pages, served as /sw.js with scope /m/: static files from the cache by their hash,
// pages from the network with the last copy as fallback. Wiped at log-out; never keeps answers marked no-store.
"use strict";
const CACHE = "gj-1";
const OFFLINE = "/offline";

const keep = async (request, answer) => {
  if (answer.ok && !/no-store/.test(answer.headers.get("Cache-Control") ?? "")) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
};
const cacheFirst = async (request) => (await caches.match(request)) ?? keep(request, await fetch(request));
const networkFirst = async (request) => {
  try {
    return await keep(request, await fetch(request));
  } catch {
    return (await caches.match(request)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(OFFLINE)).catch(() => {}));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([
    clients.claim(),
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))),
  ]));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/") && url.searchParams.has("v")) event.respondWith(cacheFirst(request));
  else if (request.mode === "navigate" && url.pathname.startsWith("/m/")) event.respondWith(networkFirst(request));
});
