#include "adapters/alert_channels/web_address.hpp"

#include <algorithm>

namespace hts::alert_channels {

std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return std::string{url.substr(0, url.find(']') + 1)};
  return std::string{url.substr(0, url.find(':'))};
}

result::Status check_web_address(std::string_view url, std::string_view setting) {
  const std::string host = host_of(url);
  const bool is_here = host == "127.0.0.1" || host == "localhost" || host == "[::1]";
  const bool is_sound = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  const bool is_fit = url.starts_with("https://") || (is_here && url.starts_with("http://"));
  if (is_sound && is_fit && !host.empty()) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            std::string{setting} +
                                " holds no address that alerts may be posted to: give "
                                "https://host/path (http:// only to this machine).",
                            std::string{setting});
}

}  // namespace hts::alert_channels
