// Runs once for all tabs of a browser that belong to the same member of staff (a SharedWorker): one stream, many readers.
import { Line } from "./line.js";

const SILENT = 90_000;
const tabs = new Map();

const line = new Line((message, only) => {
  for (const tab of only ? [only] : tabs.keys()) tab.postMessage(message);
});

function forget(tab) {
  tabs.delete(tab);
  line.leave(tab);
}

self.addEventListener("connect", (event) => {
  const [tab] = event.ports;
  tab.addEventListener("message", ({ data }) => {
    const known = tabs.has(tab);
    tabs.set(tab, Date.now());
    // Who was given up for lost, as all are when a computer has slept, comes back with its next sign of life.
    if (data.say === "join" || (data.say === "here" && !known)) line.join(tab, data.follow);
    else if (data.say === "again") line.again();
    else if (data.say === "leave") forget(tab);
  });
  tab.start();
});

// A tab that crashed says no goodbye: who has not given a sign of life for long is gone.
setInterval(() => {
  for (const [tab, heard] of tabs) if (Date.now() - heard > SILENT) forget(tab);
}, SILENT / 3);
