#include "adapters/feed/upgrade.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <openssl/evp.h>

namespace hts::feed {
namespace {

std::string base64(const unsigned char* bytes, std::size_t count) {
  std::string text(4 * ((count + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(count));
  return text;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_words(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string upgrade_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr) != 1) {
    return {};
  }
  return base64(digest.data(), length);
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (equal_words(trimmed(list.substr(0, comma)), token)) return true;
    list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
  }
  return false;
}

std::string upgrade_key(std::uint64_t first, std::uint64_t second) {
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(first >> (8 * i));
    bytes[8 + i] = static_cast<unsigned char>(second >> (8 * i));
  }
  return base64(bytes.data(), bytes.size());
}

std::string upgrade_request(const StreamUrl& url, std::string_view key) {
  return "GET " + url.target + " HTTP/1.1\r\nHost: " + url.host_header() +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + std::string(key) +
         "\r\nSec-WebSocket-Version: 13\r\nUser-Agent: hts-engine\r\n\r\n";
}

UpgradeAnswer read_upgrade_answer(std::string_view head, std::string_view key) {
  UpgradeAnswer answer;
  const std::string_view status_line = head.substr(0, head.find("\r\n"));
  const bool is_http = status_line.starts_with("HTTP/1.") && status_line.size() >= 12;
  const std::string status{is_http ? status_line.substr(9, 3) : ""};
  if (!is_http) {
    answer.problem = "does not speak HTTP there";
    return answer;
  }
  bool is_upgrade = false;
  bool is_connection = false;
  bool is_agreed = true;
  std::string_view accept;
  for (auto at = head.find("\r\n"); at < head.size();) {
    at += 2;
    const auto end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, end - at);
    at = end;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_words(name, "upgrade")) is_upgrade = equal_words(value, "websocket");
    if (equal_words(name, "connection")) is_connection = has_token(value, "upgrade");
    if (equal_words(name, "sec-websocket-accept")) accept = value;
    // We asked for none.
    if (equal_words(name, "sec-websocket-extensions") && !value.empty()) is_agreed = false;
    if (equal_words(name, "retry-after")) {
      std::int64_t seconds = 0;
      const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
      if (read.ec == std::errc{} && seconds > 0) {
        answer.retry_after = std::chrono::seconds{std::min<std::int64_t>(seconds, 86'400)};
      }
    }
  }
  if (status != "101") {
    answer.problem = "answered " + status + " instead of a stream";
  } else if (!is_upgrade || !is_connection || accept != upgrade_accept(key)) {
    answer.problem = "does not speak WebSocket there";
  } else if (!is_agreed) {
    answer.problem = "uses a WebSocket extension that was not asked for";
  } else {
    answer.is_accepted = true;
  }
  return answer;
}

}  // namespace hts::feed
