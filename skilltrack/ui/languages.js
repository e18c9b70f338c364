// Tells the browser, and with it screen readers, the language of the page; keeps a choice for the next visit.
export default function ({ data }) {
  document.documentElement.lang = data.language;
  if (data.cookie) {
    const safe = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${data.cookie}=${data.language}; Path=/; Max-Age=31536000; SameSite=Lax${safe}`;
  }
}
