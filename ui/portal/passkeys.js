// One ceremony with an authenticator (W3C Web Authentication): ask the house for a challenge, the authenticator for an
// answer, and put the answer into the form, which is then sent like any other.

/** @param {HTMLFormElement} form with `data-passkey` "get" or "create", and `data-challenge`, where to ask */
export async function ask(form) {
  const status = form.querySelector("[data-failed]");
  const button = form.querySelector("button");
  status.textContent = "";
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.redirected) {
      location.assign(answer.url); // to be signed in, or to prove anew who one is
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const credential = await perform(form.dataset.passkey, await answer.json());
    form.elements.answer.value = JSON.stringify(credential);
    form.requestSubmit();
  } catch {
    status.textContent = status.dataset.failed;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function perform(way, options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (way === "get") return written(await navigator.credentials.get({ publicKey }));
  publicKey.user = { ...options.user, id: bytes(options.user.id) };
  publicKey.excludeCredentials = (options.excludeCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  return written(await navigator.credentials.create({ publicKey }));
}

/** Return an authenticator's answer as JSON values (Web Authentication, Level 3, 5.1: RegistrationResponseJSON ...). */
function written(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: parts,
    clientExtensionResults: {},
  };
}

/** @param {string} value base 64 for addresses @returns {Uint8Array} */
function bytes(value) {
  const plain = atob(value.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} value @returns {string} base 64 for addresses */
function text(value) {
  const letters = Array.from(new Uint8Array(value), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
