// Turns addresses and telephone numbers in our own words into links, built as elements.
const URL_PART = String.raw`https?:\/\/[A-Za-z0-9\-._~:\/?#[\]@!$&'()*+,;=%]+`;
// 120 is a number to call, 「120 元」 and 「120 天」 are not.
const AMOUNT = String.raw`(?!\s*[元万亿块天日个月年米平%％岁份次条分小公千人台辆张页字期倍克])`;
const SHORT = String.raw`(?:110|119|120|122)${AMOUNT}|(?:12378|12356|12348|12345|12315|96110|95\d{3})${AMOUNT}`;
const LONG = String.raw`400-?\d{3}-?\d{4}|0\d{2,3}-\d{7,8}|1[3-9]\d{9}`;
const LINK = new RegExp(`(${URL_PART})|(?<![\\w.\\-])(${LONG}|${SHORT})(?![\\w\\-]|\\.\\d)`, "g");

export function linkified(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const [address, number] = match[1] ? [trimmed(match[1]), null] : [null, match[2]];
    parts.append(text.slice(end, match.index), address ? webLink(address) : callLink(number));
    end = match.index + (address ?? number).length;
  }
  parts.append(text.slice(end));
  return parts;
}

function trimmed(address) {
  return address.replace(/[.,;:!?'")\]]+$/, "");
}

function webLink(address) {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.textContent = address;
  return link;
}

function callLink(number) {
  const link = document.createElement("a");
  link.href = `tel:${number.replaceAll("-", "")}`;
  link.textContent = number;
  return link;
}
