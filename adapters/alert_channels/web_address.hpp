#pragma once

#include <string>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::alert_channels {

/// The host of an address, for errors: the rest may be a secret.
[[nodiscard]] std::string host_of(std::string_view url);

/// That alerts may be posted there: `https://`, or `http://` to this machine, without control
/// characters and blanks. Error: invalid, field `setting`; the address itself is not named.
[[nodiscard]] result::Status check_web_address(std::string_view url, std::string_view setting);

}  // namespace hts::alert_channels
