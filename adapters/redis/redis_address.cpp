#include "adapters/redis/redis_address.hpp"

#include <charconv>
#include <optional>

namespace hts::redis {
namespace {

result::Error refused(std::string message) {
  return result::make_error(result::ErrorCode::invalid, std::move(message), "jobs.store");
}

std::optional<int> number_of(std::string_view text, int most) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (number < 0 || number > most) return std::nullopt;
  return number;
}

}  // namespace

std::string RedisAddress::text() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

result::Result<RedisAddress> parse_address(std::string_view url) {
  constexpr std::string_view form = "redis://[user@]host[:port][/database]";
  constexpr std::string_view scheme = "redis://";
  if (url.starts_with("rediss://")) {
    return refused(
        "Redis over TLS is not supported: run a TLS proxy such as stunnel beside this program and "
        "give its address as redis://.");
  }
  if (!url.starts_with(scheme)) {
    return refused("The address of a Redis has the form " + std::string(form) +
                   ": correct jobs.store.");
  }
  url.remove_prefix(scheme.size());

  RedisAddress address;
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = url.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return refused(
          "A password does not belong into the address of a Redis, where logs and process lists "
          "show it: put it into a file and name that in jobs.password_file.");
    }
    address.user = user;
    url.remove_prefix(at + 1);
  }
  if (const auto slash = url.find('/'); slash != std::string_view::npos) {
    const std::string_view database = url.substr(slash + 1);
    if (!database.empty()) {
      const auto number = number_of(database, 1'000'000);
      if (!number) {
        return refused(
            "The database of a Redis is a number from 0: correct what stands after the "
            "last / of jobs.store.");
      }
      address.database = *number;
    }
    url = url.substr(0, slash);
  }
  std::string_view port;
  if (url.starts_with('[')) {
    const auto close = url.find(']');
    if (close == std::string_view::npos) {
      return refused(
          "The address of a Redis has an IPv6 host without its closing bracket: write "
          "redis://[::1]:6379.");
    }
    address.host = url.substr(1, close - 1);
    port = url.substr(close + 1);
  } else {
    const auto colon = url.find(':');
    address.host = url.substr(0, colon);
    if (colon != std::string_view::npos) port = url.substr(colon);
  }
  if (!port.empty()) {
    const auto number = port.starts_with(':') ? number_of(port.substr(1), 65535) : std::nullopt;
    if (!number || *number == 0) {
      return refused(
          "The port of a Redis is a number from 1 to 65535: correct jobs.store, whose "
          "form is " +
          std::string(form) + ".");
    }
    address.port = *number;
  }
  if (address.host.empty()) {
    return refused("The address of a Redis names no host: its form is " + std::string(form) + ".");
  }
  return address;
}

}  // namespace hts::redis
