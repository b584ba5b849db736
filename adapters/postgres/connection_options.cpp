#include "adapters/postgres/connection_options.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "adapters/credentials/url_password.hpp"

namespace hts::postgres {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::array<std::string_view, 2> schemes = {"postgresql://", "postgres://"};

std::string_view without_scheme(std::string_view url) {
  for (const std::string_view scheme : schemes) {
    if (url.starts_with(scheme)) return url.substr(scheme.size());
  }
  return url;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4U];
      encoded += digits[byte & 15U];
    }
  }
  return encoded;
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

/// Between `:` and `@`, as it is written.
std::string_view password_of(std::string_view url) {
  const std::string_view rest = without_scheme(url);
  const auto at = rest.find('@');
  const auto colon = rest.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return {};
  return rest.substr(colon + 1, at - colon - 1);
}

bool has_parameter(std::string_view url, std::string_view name) {
  const auto query = url.find('?');
  if (query == std::string_view::npos) return false;
  const std::string wanted = std::string{name} + "=";
  const std::string_view parameters = url.substr(query + 1);
  return parameters.starts_with(wanted) || parameters.find("&" + wanted) != std::string_view::npos;
}

void replace_all(std::string& text, const std::string& what, std::string_view by) {
  // A password of few letters would be found in ordinary words.
  constexpr std::size_t shortest = 4;
  if (what.size() < shortest) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// Each part between the separators satisfies it; an empty list does.
template <class Condition>
bool all_parts(std::string_view list, char separator, Condition&& condition) {
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    if (!condition(list.substr(0, end))) return false;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return true;
}

/// `host`, `host:5432`, `[::1]:5432`, several with commas.
bool are_hosts(std::string_view hosts) {
  return all_parts(hosts, ',', [](std::string_view host) {
    if (host.starts_with('[')) host.remove_prefix(std::min(host.find(']'), host.size()));
    const auto colon = host.find(':');
    const auto port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
    return host.find_first_of("@#") == std::string_view::npos &&
           std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  });
}

/// `name=value`, several with ampersands.
bool are_parameters(std::string_view query) {
  return all_parts(query, '&', [](std::string_view parameter) {
    const auto equals = parameter.find('=');
    return equals != std::string_view::npos && equals > 0 &&
           std::ranges::all_of(parameter.substr(0, equals),
                               [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  });
}

}  // namespace

bool is_postgres_url(std::string_view text) noexcept {
  return std::ranges::any_of(schemes,
                             [&](std::string_view scheme) { return text.starts_with(scheme); });
}

result::Status check_url(const std::string& url) {
  if (!is_postgres_url(url)) {
    return make_error(ErrorCode::invalid,
                      "'" + credentials::without_password(url) +
                          "' is no address of a PostgreSQL database: write "
                          "postgresql://user@host:5432/database.",
                      "url");
  }
  const std::string_view rest = without_scheme(url);
  const auto has_other = [](unsigned char c) { return c <= ' ' || c == 0x7F; };
  const std::string_view before_query = rest.substr(0, rest.find('?'));
  const std::string_view authority = before_query.substr(0, before_query.find('/'));
  const std::string_view path = before_query.substr(authority.size());
  const auto at = authority.find('@');
  const std::string_view user = authority.substr(0, at == std::string_view::npos ? 0 : at);
  const std::string_view hosts =
      at == std::string_view::npos ? authority : authority.substr(at + 1);
  const std::string_view query = rest.substr(std::min(rest.size(), before_query.size() + 1));
  if (std::ranges::any_of(rest, has_other) || user.find_first_of("[]#") != std::string_view::npos ||
      path.find('@') != std::string_view::npos || !are_hosts(hosts) || !are_parameters(query)) {
    return make_error(ErrorCode::invalid,
                      "The address of the database cannot be read: write user and password with "
                      "percent codes (@ is %40, / is %2F, : is %3A, ? is %3F, # is %23, a space is "
                      "%20), or give the password in a file.",
                      "url");
  }
  return result::success();
}

std::string connection_string(const ConnectionOptions& options) {
  const auto whole_seconds = [](std::chrono::milliseconds time) {
    return std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(time).count());
  };
  const std::string connect = std::to_string(whole_seconds(options.connect_timeout));
  std::vector<std::pair<std::string_view, std::string>> parameters = {
      {"connect_timeout", connect},
      {"keepalives_idle", connect},
      {"keepalives_interval", "2"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", std::to_string(options.connect_timeout.count())},
      {"application_name", "hts"},
      {"client_encoding", "UTF8"},
  };
  if (!options.password.empty()) {
    parameters.emplace_back("password", percent_encoded(options.password));
  }
  std::string text = options.url;
  char separator = text.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    if (has_parameter(options.url, name)) continue;
    text += separator;
    text += name;
    text += '=';
    text += value;
    separator = '&';
  }
  return text;
}

std::string shown_url(const ConnectionOptions& options) {
  return credentials::without_password(options.url);
}

std::string shown_message(const ConnectionOptions& options, std::string_view message) {
  std::string shown{message.substr(0, message.find('\n'))};
  for (const std::string_view level : {"ERROR:  ", "FATAL:  ", "ERROR: ", "FATAL: "}) {
    if (shown.starts_with(level)) shown.erase(0, level.size());
  }
  while (!shown.empty() && (shown.back() == '.' || shown.back() == ' ' || shown.back() == '\r')) {
    shown.pop_back();
  }
  const std::string written{password_of(options.url)};
  for (const std::string& password : {options.password, written, percent_decoded(written)}) {
    replace_all(shown, password, "***");
  }
  return shown.empty() ? "no reason was given" : shown;
}

}  // namespace hts::postgres
