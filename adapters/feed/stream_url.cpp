#include "adapters/feed/stream_url.hpp"

#include <algorithm>

namespace hts::feed {
namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_this_machine(std::string_view host) {
  return host == "127.0.0.1" || host == "localhost" || host == "::1";
}

}  // namespace

std::string StreamUrl::host_header() const {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const bool is_default = port == (is_encrypted ? "443" : "80");
  return is_default ? shown : shown + ":" + port;
}

result::Result<StreamUrl> parse_stream_url(std::string_view text) {
  const auto refuse = [](std::string why) {
    return result::make_error(result::ErrorCode::invalid,
                              "The address of the feed " + std::move(why) +
                                  ": write wss://host[:port]/path, for example "
                                  "wss://stream.binance.com:9443.",
                              "feed.url");
  };
  StreamUrl url;
  std::string_view rest = text;
  if (rest.starts_with("wss://")) {
    rest.remove_prefix(6);
  } else if (rest.starts_with("ws://")) {
    rest.remove_prefix(5);
    url.is_encrypted = false;
  } else {
    return refuse("does not begin with wss:// or ws://");
  }
  if (!is_printable(rest)) return refuse("has a space or a character that must be encoded in it");
  const auto end = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, end);
  if (end != std::string_view::npos) {
    const std::string_view target = rest.substr(end, rest.substr(end).find('#'));
    url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  }
  if (authority.find('@') != std::string_view::npos) return refuse("has a user or password in it");
  url.port = url.is_encrypted ? "443" : "80";
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return refuse("has an IPv6 address without its ]");
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    url.host = authority.substr(0, authority.find(':'));
    port = authority.substr(url.host.size());
  }
  if (url.host.empty()) return refuse("has no host");
  if (!url.is_encrypted && !is_this_machine(url.host)) {
    return refuse("is not encrypted, which only a server on this machine may be");
  }
  if (!port.empty()) {
    port.remove_prefix(1);
    const bool is_number =
        !port.empty() && port.size() <= 5 &&
        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number || std::stoi(std::string(port)) > 65535) return refuse("has no valid port");
    url.port = port;
  }
  return url;
}

result::Status check_history_url(std::string_view text) {
  // Like that of a stream but for the name of its scheme.
  const std::string_view scheme = text.substr(0, text.find("://"));
  if (scheme == "https" || scheme == "http") {
    const auto alike = "ws" + std::string(text.substr(std::string_view("http").size()));
    if (parse_stream_url(alike)) return result::success();
  }
  return result::make_error(result::ErrorCode::invalid,
                            "The address of the exchange's history cannot be used: write "
                            "https://host[:port], or http:// to a server on this machine.",
                            "feed.history_url");
}

}  // namespace hts::feed
