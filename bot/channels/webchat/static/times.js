// Times as people in China read them in a chat, on Tianjin's clock whatever the device says.
const DAY = 86400000;
const SHANGHAI = 8 * 3600000;
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
export const GAP = 5 * 60000;

export function timeText(at, now = Date.now()) {
  const then = new Date(at + SHANGHAI);
  const today = Math.floor((now + SHANGHAI) / DAY);
  const days = today - Math.floor((at + SHANGHAI) / DAY);
  return `${dayText(then, days, new Date(now + SHANGHAI))}${two(then.getUTCHours())}:${two(then.getUTCMinutes())}`;
}

function dayText(then, days, now) {
  if (days <= 0) return "";
  if (days === 1) return "昨天 ";
  if (days < 7) return `${WEEKDAYS[then.getUTCDay()]} `;
  const date = `${then.getUTCMonth() + 1}月${then.getUTCDate()}日 `;
  return then.getUTCFullYear() === now.getUTCFullYear() ? date : `${then.getUTCFullYear()}年${date}`;
}

function two(number) {
  return String(number).padStart(2, "0");
}
