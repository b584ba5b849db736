#include "adapters/credentials/url_password.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace hts::credentials {
namespace {

constexpr std::string_view scheme_end = "://";

/// Where the password before the host stands: nothing when begin == end.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Span password_before_host(std::string_view address) {
  const auto scheme = address.find(scheme_end);
  if (scheme == std::string_view::npos) return {};
  // A password that was not percent-encoded may hold any character: it ends at the last @.
  const auto at = address.rfind('@');
  const auto colon = address.find(':', scheme + scheme_end.size());
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return {};
  return {colon + 1, at};
}

/// The value of the next parameter whose name ends in "password".
Span password_parameter(std::string_view address, std::size_t from) {
  constexpr std::string_view name = "password=";
  if (address.find(scheme_end) == std::string_view::npos) return {};
  const auto query = address.find('?');
  if (query == std::string_view::npos) return {};
  const auto found = address.find(name, std::max(query, from));
  if (found == std::string_view::npos) return {};
  const auto begin = found + name.size();
  const auto end = address.find('&', begin);
  return {begin, end == std::string_view::npos ? address.size() : end};
}

}  // namespace

std::string without_password(std::string_view address) {
  std::string shown{address};
  if (const auto [begin, end] = password_before_host(shown); begin < end) {
    shown.erase(begin - 1, end - begin + 1);
  }
  std::size_t from = 0;
  while (true) {
    const auto [begin, end] = password_parameter(shown, from);
    if (begin >= end) return shown;
    constexpr std::string_view mask = "***";
    shown.replace(begin, end - begin, mask);
    from = begin + mask.size();
  }
}

void hide_passwords(int argument_count, char** arguments) noexcept {
  for (int i = 0; i < argument_count; ++i) {
    const std::string_view argument{arguments[i]};
    const auto hide = [&](Span span) {
      for (std::size_t at = span.begin; at < span.end; ++at) arguments[i][at] = '*';
    };
    hide(password_before_host(argument));
    for (auto span = password_parameter(argument, 0); span.begin < span.end;
         span = password_parameter(argument, span.end)) {
      hide(span);
    }
  }
}

result::Result<std::string> read_password_file(const std::string& path) {
  std::ifstream file(path);
  std::string password;
  if (!std::getline(file, password) || password.empty()) {
    return result::make_error(result::ErrorCode::storage,
                              "The password file " + path +
                                  " cannot be read or its first line is empty: write the password "
                                  "into it and make it readable for this user.",
                              "password_file");
  }
  if (password.back() == '\r') password.pop_back();
  return password;
}

result::Result<std::string> read_secret(const std::string& name, const std::string& setting) {
  std::string path = name;
  if (name.find('/') == std::string::npos) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr || *folder == '\0') {
      return result::make_error(
          result::ErrorCode::invalid,
          setting + " is '" + name +
              "', the name of a credential of systemd, but there are none: give LoadCredential=" +
              name + ":PATH in the unit, or the path of a file, ./" + name + ".",
          setting);
    }
    path = std::string{folder} + "/" + name;
  }
  auto secret = read_password_file(path);
  if (secret) return secret;
  auto error = std::move(secret).error();
  return result::make_error(error.code, setting + ": " + error.message, setting);
}

}  // namespace hts::credentials
