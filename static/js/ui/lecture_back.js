// The way from a copy of one's own back to the session that it was taken from, for as long as the tab lives.

const KEPT = "lecture";

/** The page that is left is the one to come back to. */
export function rememberLecture() {
  try {
    sessionStorage.setItem(KEPT, location.href);
  } catch {
    // without storage the browser's own way back is left
  }
}

/** Whoever is there needs no way back. */
export function forgetLecture() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // nothing was kept
  }
}

/**
 * On the page of a copy: a line that says so, with the way back.
 * @param {HTMLElement} line hidden until there is something to say: a text, then a link
 */
export function offerLecture(line) {
  try {
    const [words, back] = line.children;
    const kept = sessionStorage.getItem(KEPT);
    if (!kept) return;
    words.textContent = "Your own copy.";
    back.textContent = "Back to the lecture";
    back.setAttribute("href", kept);
    line.hidden = false;
  } catch {
    // as above
  }
}
