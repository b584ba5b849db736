#include "adapters/alert_channels/email_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "engine/hash/hash128.hpp"
#include "engine/json/utf8.hpp"

namespace hts::alert_channels {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    const std::size_t taken = std::min<std::size_t>(bytes.size(), 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = (bits << 8U) | (i < taken ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= taken ? digits[(bits >> (18U - 6U * i)) & 63U] : '=';
    }
    bytes.remove_prefix(taken);
  }
  return text;
}

void append_two_digits(std::string& text, unsigned number) {
  if (number < 10) text += '0';
  text += std::to_string(number);
}

/// RFC 5322: `Thu, 08 Aug 2024 00:30:05 +0000`.
std::string mail_date(time::Timestamp at) {
  using namespace std::chrono;
  constexpr std::array<const char*, 7> week = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(at - day)};
  std::string text = std::string{week[weekday{day}.c_encoding()]} + ", ";
  append_two_digits(text, static_cast<unsigned>(date.day()));
  text += std::string{" "} + months[static_cast<unsigned>(date.month()) - 1] + " " +
          std::to_string(static_cast<int>(date.year())) + " ";
  append_two_digits(text, static_cast<unsigned>(clock.hours().count()));
  text += ':';
  append_two_digits(text, static_cast<unsigned>(clock.minutes().count()));
  text += ':';
  append_two_digits(text, static_cast<unsigned>(clock.seconds().count()));
  return text + " +0000";
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; }) &&
         text.find("=?") == std::string_view::npos;
}

std::string without_controls(std::string_view text) {
  std::string tame{text};
  std::ranges::replace_if(
      tame, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }, ' ');
  return tame;
}

}  // namespace

std::string header_text(std::string_view text) {
  constexpr std::size_t most_plain = 900;   // of a line, RFC 5322 allows 998
  constexpr std::size_t most_in_word = 45;  // bytes, which give 60 characters between the marks
  const std::string tame = without_controls(text);
  if (is_plain(tame) && tame.size() <= most_plain) return tame;
  std::string encoded;
  std::string_view rest = tame;
  while (!rest.empty()) {
    std::size_t taken = 0;
    while (taken < rest.size()) {
      const std::size_t next = std::max<std::size_t>(json::utf8_length(rest.substr(taken)), 1);
      if (taken + next > most_in_word) break;
      taken += next;
    }
    if (!encoded.empty()) encoded += "\r\n ";
    encoded += "=?UTF-8?B?" + base64(rest.substr(0, taken)) + "?=";
    rest.remove_prefix(taken);
  }
  return encoded;
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t bytes_of_line = 57;
  std::string lines;
  while (!bytes.empty()) {
    lines += base64(bytes.substr(0, bytes_of_line)) + "\r\n";
    bytes.remove_prefix(std::min(bytes_of_line, bytes.size()));
  }
  return lines;
}

bool is_mail_address(std::string_view text) noexcept {
  const auto at = text.find('@');
  const bool is_sound = std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' &&
           std::string_view{"<>()[],;:\\\""}.find(c) == std::string_view::npos;
  });
  return is_sound && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && text.size() <= 254;
}

std::string letter_text(const ports::AlertMessage& message, std::string_view from,
                        const std::vector<std::string>& to, time::Timestamp now) {
  hash::HashChain ids;
  for (const ports::Alert& alert : message.alerts) ids.text(alert.id);
  std::string letter = "From: <" + std::string{from} + ">\r\nTo: ";
  for (std::size_t i = 0; i < to.size(); ++i) letter += (i > 0 ? ",\r\n <" : "<") + to[i] + ">";
  letter += "\r\nDate: " + mail_date(now) + "\r\nSubject: " + header_text(message.subject) +
            "\r\nMessage-ID: <" + hash::to_hex(ids.hash()) +
            std::string{from.substr(from.find('@'))} + ">\r\n";
  for (const ports::Alert& alert : message.alerts) {
    letter += "X-HTS-Alert-Id: " + header_text(alert.id) + "\r\n";
  }
  return letter +
         "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         base64_lines(message.text + "\n");
}

}  // namespace hts::alert_channels
