// Whether a text looks as if it held a secret, told before anything leaves the browser. A hint and no guard: the guards
// stand behind the door, and this only spares people from sending what nobody needs.

const DIGITS = /\d(?:[\s.\-–/·]?\d){11,22}/g;
const IBAN = /\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b/gi;
const NEAR = 32; // characters on either side of a secret's name within which its value may stand
const VALUE = /(?<![\d.,])\d(?:[\s-]?\d){2,9}(?![\d.,]*\d)/;
// Behind a password's name stands one only after "is", "=" or ":", and one that has a digit or a sign in it.
const ASSIGNED = /^[^\n]{0,12}?(?:[:=]|\s(?:is|ist|lautet|adalah|это|olan))\s*(?=\S*[\d!#$%&*+@^_~])\S{4,}/iu;

/** Luhn's check (ISO/IEC 7812-1, annex B). @param {string} digits */
export function isLuhn(digits) {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at -= 1, double = !double) {
    const digit = Number(digits[at]) * (double ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** The check of account numbers (ISO 13616: the remainder by 97 is one). @param {string} iban without blanks */
export function isIban(iban) {
  const turned = (iban.slice(4) + iban.slice(0, 4)).toUpperCase();
  let rest = 0;
  for (const character of turned) {
    for (const digit of parseInt(character, 36).toString()) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** @typedef {"" | "card" | "iban" | "code"} Suspicion */

export class Secrets {
  /** @type {RegExp | null} */
  #names = null;

  /** @param {readonly string[]} words names of secrets in small letters; `*` at the end stands for any ending */
  constructor(words) {
    const patterns = words.slice(0, 1000).map((word) => {
      const plain = word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/\s+/g, "\\s+");
      return plain.endsWith("\\*") ? `${plain.slice(0, -2)}[\\p{L}\\p{N}'’]*` : plain;
    });
    if (patterns.length) this.#names = new RegExp(`(?<![\\p{L}\\p{N}])(?:${patterns.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  }

  /** @param {string} text @returns {Suspicion} */
  find(text) {
    for (const [found] of text.matchAll(IBAN)) {
      for (let packed = found.replace(/ /g, ""); packed.length >= 15; packed = packed.slice(0, -1)) {
        if (isIban(packed)) return "iban";
      }
    }
    for (const [run] of text.matchAll(DIGITS)) {
      const digits = run.replace(/\D/g, "");
      // Longer runs may be a card with its date or security code behind it.
      const parts = digits.length > 19 ? [digits.slice(0, 16), digits.slice(-16)] : [digits];
      if (parts.some((part) => part.length >= 13 && /^[2-6]/.test(part) && !/^(\d)\1+$/.test(part) && isLuhn(part))) return "card";
    }
    return this.#hasCode(text) ? "code" : "";
  }

  /** @param {string} text */
  #hasCode(text) {
    if (!this.#names) return false;
    // Turkish capitals: İ is i and I may be ı; both ways of writing are looked at.
    for (const variant of new Set([text, text.toLocaleLowerCase("tr")])) {
      for (const { 0: name, index } of variant.matchAll(this.#names)) {
        const end = index + name.length;
        const around = `${variant.slice(Math.max(0, index - NEAR), index)}\n${variant.slice(end, end + NEAR)}`;
        if (VALUE.test(around) || ASSIGNED.test(variant.slice(end, end + NEAR))) return true;
      }
    }
    return false;
  }
}
