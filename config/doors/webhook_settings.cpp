#include "config/doors/webhook_settings.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/credentials/url_password.hpp"

namespace hts::config {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t shortest_secret = 16;

/// A part of an address, a label of metrics and a word in the log.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

result::Error wrong(std::string message) {
  return result::make_error(result::ErrorCode::invalid, std::move(message), "webhooks.in");
}

}  // namespace

result::Result<http::WebhookGate::Options> webhook_options(const Settings& settings) {
  http::WebhookGate::Options options;
  options.window = std::chrono::seconds{settings.integer("webhooks.window_seconds")};
  std::string_view rest = settings.text("webhooks.in");
  if (rest == "-") return options;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view entry = trimmed(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const auto equals = entry.find('=');
    const std::string name{trimmed(entry.substr(0, equals))};
    if (equals == std::string_view::npos || !is_name(name)) {
      return wrong(
          "webhooks.in takes NAME=SECRET_FILE with commas between them, names of at most 64 "
          "letters, "
          "digits, - and _: for example tradingview=/etc/hts/tradingview.secret.");
    }
    auto secret =
        credentials::read_secret(std::string{trimmed(entry.substr(equals + 1))}, "webhooks.in");
    if (!secret) return std::move(secret).error();
    if (secret->size() < shortest_secret) {
      return wrong("The secret of the webhook '" + name +
                   "' has fewer than 16 bytes: make a longer one, for example with 'openssl rand "
                   "-hex 32'.");
    }
    if (!options.secrets.emplace(name, *std::move(secret)).second) {
      return wrong("webhooks.in names '" + name + "' twice.");
    }
  }
  return options;
}

}  // namespace hts::config
