#include "adapters/http/answer_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>

namespace hts::http {
namespace {

void append_decimal(std::string& out, std::uint64_t number) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 1> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_two_digits(std::string& out, unsigned number) {
  out.push_back(static_cast<char>('0' + number / 10 % 10));
  out.push_back(static_cast<char>('0' + number % 10));
}

// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string http_date(std::chrono::sys_seconds now) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};
  std::string text{days[std::chrono::weekday{day}.c_encoding()]};
  text += ", ";
  append_two_digits(text, static_cast<unsigned>(date.day()));
  text += ' ';
  text += months[static_cast<unsigned>(date.month()) - 1];
  text += ' ';
  append_decimal(text, static_cast<std::uint64_t>(static_cast<int>(date.year())));
  text += ' ';
  append_two_digits(text, static_cast<unsigned>(time.hours().count()));
  text += ':';
  append_two_digits(text, static_cast<unsigned>(time.minutes().count()));
  text += ':';
  append_two_digits(text, static_cast<unsigned>(time.seconds().count()));
  text += " GMT";
  return text;
}

// Formatted once a second on each thread.
const std::string& current_http_date() {
  thread_local std::chrono::sys_seconds formatted_for{};
  thread_local std::string text;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (text.empty() || now != formatted_for) {
    text = http_date(now);
    formatted_for = now;
  }
  return text;
}

bool is_control(char character) noexcept {
  return static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
}

}  // namespace

void append_answer_head(std::string& out, const Response& response, const AnswerFrame& frame) {
  if (response.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_decimal(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\n";
  }
  const bool has_content =
      response.status >= 200 && response.status != 204 && response.status != 304;
  if (has_content) {
    out += "Content-Type: ";
    out += response.content_type;
    if (!response.stream || response.stream_bytes) {
      out += "\r\nContent-Length: ";
      append_decimal(out, response.stream_bytes.value_or(response.content().size()));
    }
    out += "\r\n";
  }
  out += "Date: ";
  out += current_http_date();
  out += "\r\nX-Request-Id: ";
  out += frame.request_id;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : response.headers) {
    // A line break in a value would let it speak for the server.
    if (std::ranges::any_of(value, is_control)) continue;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (frame.close) {
    out += "Connection: close\r\n";
  } else if (frame.confirm_keep_alive) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

bool is_sane_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace hts::http
