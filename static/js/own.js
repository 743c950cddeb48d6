// The page of an owner link: it shows the key, which stands in the fragment, and goes on to the session.

const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const take = /** @type {HTMLElement} */ (document.getElementById("take"));
const key = /^#key=([\w-]+)$/.exec(location.hash)?.[1] ?? "";

// Not by itself: whoever is led here unawares would own what somebody else watches.
take.onclick = async () => {
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: JSON.stringify({ key }) });
    if (answer.ok) return location.replace(location.pathname.replace(/\/own$/, ""));
    said.textContent = (await answer.json()).detail;
  } catch {
    said.textContent = "The server cannot be reached just now. Try again.";
  }
};
